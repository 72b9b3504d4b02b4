"""Custom fields written to CATS: labels become ids, and the labels of choices become theirs."""

from typing import Any

from connectors.acting import Acting
from connectors.cats import fields, hal, readers
from connectors.errors import Rejected
from connectors.mapping import Row, as_id
from connectors.values import day, text


def definitions(acting: Acting) -> dict[str, Row]:
    """The fields of people, by their labels in small letters, as reading them calls them, and by their ids."""
    rows = hal.known(acting.connector.talk, "candidates/custom_fields", "custom_fields")
    labels = fields.labels_of(rows)
    by_id = {as_id(row["id"]) or "": row for row in rows}
    return by_id | {labels[number].casefold(): row for number, row in by_id.items()}


def resolved(acting: Acting, given: dict[str, Any]) -> dict[str, Any]:
    """Field id → value as CATS wants it; a field that the account has not is warned of. Raises Rejected for a value
    that its field cannot hold."""
    known = definitions(acting) if given else {}
    found: dict[str, Any] = {}
    for label, value in given.items():
        definition = known.get(label.strip().casefold())
        if definition is None:
            acting.warn(f"CATS has no field {label}")
        else:
            found[str(definition["id"])] = figure(definition, value)
    return found


def figure(definition: Row, value: Any) -> Any:
    """A value as its field wants it; raises Rejected, which names the field and what it takes."""
    if value is None:
        return None
    kind = (definition.get("field") or {}).get("type")
    try:
        return _cast(definition, kind, value)
    except ValueError as wrong:
        raise Rejected(f"{definition.get('name')}: {value!r} does not fit a field of type {kind}{wrong}") from wrong


def _cast(definition: Row, kind: Any, value: Any) -> Any:
    match kind:
        case "dropdown" | "radio":
            return _choice(definition, value)
        case "checkboxes":
            return [_choice(definition, each) for each in (value if isinstance(value, list) else [value])]
        case "checkbox":
            return _sure(readers.flag(value))
        case "number":
            return _amount(value)
        case "user":
            return int(_sure(as_id(value) if str(value).isdigit() else None))
        case "date":
            return _date(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _choice(definition: Row, value: Any) -> int:
    options = (definition.get("field") or {}).get("selections") or ()
    for option in options:
        if str(value).strip().casefold() in (as_id(option.get("id")), (text(option.get("label")) or "").casefold()):
            return int(option["id"])
    raise ValueError(f", whose choices are {', '.join(str(option.get('label')) for option in options)}")


def _sure(value: Any) -> Any:
    if value is None:
        raise ValueError("")
    return value


def _amount(value: Any) -> int | float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise ValueError("") from None
    return int(found) if found.is_integer() else found


def _date(value: Any) -> str | None:
    try:
        return day(value)
    except ValueError:
        raise ValueError(": a date is YYYY-MM-DD") from None
