"""What applicants answered in a portal's forms. CATS does not publish this layout, so every likely key is tried."""

from typing import Any

from connectors.cats import words
from connectors.cats.readers import first_text
from connectors.mapping import Row, as_id
from connectors.paths import at
from connectors.unified.parts import Answer

TITLES = ("title", "label", "question", "name")
VALUES = ("value", "answer", "values")


def given(forms: Any) -> list[Answer] | None:
    """The answers of the forms that were sent in; a question without an answer is left out."""
    if not isinstance(forms, list):
        return None
    fields = [field for form in forms for field in at(form, "_embedded.fields") or () if isinstance(field, dict)]
    found = [(field, _value(field)) for field in fields]
    return [
        Answer(question=_title(field), format=words.question_format(field.get("type")), answer=value)
        for field, value in found
        if value not in (None, "", [])
    ]


def _title(field: Row) -> str | None:
    return first_text(*(field.get(name) for name in TITLES))


def _value(field: Row) -> Any:
    """An answer, choices by their labels; `{"4126": true}` is how CATS is told that choice 4126 was ticked."""
    value = next((field[name] for name in VALUES if field.get(name) is not None), None)
    choices = (choice for choice in field.get("answers") or () if isinstance(choice, dict))
    options = {as_id(choice.get("id")): _title(choice) for choice in choices}
    if isinstance(value, dict):
        ticked = [options.get(number) or number for number, on in value.items() if on]
        return ticked if words.question_format(field.get("type")) == "MULTI_SELECT" else next(iter(ticked), None)
    if isinstance(value, list):
        return [options.get(as_id(one)) or one for one in value]
    return options.get(as_id(value)) or value
