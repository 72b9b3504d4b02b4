"""The fields of an action's form, derived from its input: nothing about an action is said a second time here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django import forms
from msgspec import inspect

from atsbridge.dashboard.act_rows import Part, Rows
from connectors.unified.actions import File, Input

LONG = 1000
"""Characters from which a text gets several lines."""
LABELS = {"raw": "In one line", "link": "Address", "state": "State or region"}
"""What inputs of a row are called where the schema's name says little."""
PAIR = (Part("label", "Label", required=True), Part("value", "Value"))


class Described:
    """One field of an input, as the schema has it."""

    def __init__(self, field: inspect.Field) -> None:
        self.name, self.required = field.encode_name, field.required
        self.type, self.meaning = field.type, ""
        self.extra: dict[str, Any] = {}
        if isinstance(self.type, inspect.Metadata):
            self.meaning = (self.type.extra_json_schema or {}).get("description", "")
            self.extra = self.type.extra or {}
            self.type = self.type.type
        self.nullable = False
        if isinstance(self.type, inspect.UnionType):
            kinds = [each for each in self.type.types if not isinstance(each, inspect.NoneType)]
            self.nullable, self.type = len(kinds) < len(self.type.types), kinds[0]

    @property
    def ref(self) -> str:
        """The model that it names a record of."""
        return str(self.extra.get("ref", ""))

    @property
    def files(self) -> bool:
        """Whether it is a file, or several."""
        kind = self.type.item_type if isinstance(self.type, inspect.ListType) else self.type
        return isinstance(kind, inspect.StructType) and kind.cls is File

    @property
    def label(self) -> str:
        """Its name as people read it."""
        words = self.name.removesuffix("_id") if self.ref else self.name.removeprefix("is_")
        return words.replace("_", " ").replace("email", "e-mail").capitalize()


def described(action: type[Input]) -> dict[str, Described]:
    """The fields of an input by name."""
    found = inspect.type_info(action)
    assert isinstance(found, inspect.StructType)
    return {each.name: each for each in map(Described, found.fields)}


def field(each: Described, choices: Mapping[str, str] | None = None, hint: str = "") -> forms.Field:
    """The form field of one field. choices: value → words of those there are. hint: what else is to be known."""
    said: dict[str, Any] = {"label": each.label, "required": each.required, "help_text": _hint(each, hint)}
    if choices is not None:
        return _choice(each, choices, said)
    kind = each.type
    if isinstance(kind, inspect.BoolType):
        return forms.BooleanField(**said | {"required": False})
    if isinstance(kind, inspect.StructType):
        return Rows(_parts(kind), single=True, **said)
    if isinstance(kind, inspect.DictType):
        return Rows(PAIR, **said)
    if isinstance(kind, inspect.ListType):
        return Rows(_items(kind.item_type), **said)
    if isinstance(kind, inspect.DateTimeType):
        return forms.DateTimeField(widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}), **said)
    most = getattr(kind, "max_length", None)
    long = bool(each.extra.get("long")) or (most or 0) > LONG
    widget = forms.Textarea(attrs={"rows": 6}) if long else forms.TextInput
    return forms.CharField(max_length=most, widget=widget, strip=not long, **said)


def given(each: Described, value: Any) -> Any:
    """A cleaned value as the input takes it."""
    kind = each.type
    if isinstance(kind, inspect.DictType):
        return {row["label"]: row.get("value") for row in value}
    if isinstance(kind, inspect.StructType):
        return value[0] if value else None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(kind, inspect.ListType) and isinstance(kind.item_type, inspect.StrType):
        return [row["value"] if isinstance(row, dict) else row for row in value]
    return None if value == "" and each.nullable else value


def initial(each: Described, value: Any) -> Any:
    """A record's value as its form field begins with."""
    if isinstance(each.type, inspect.StructType):
        return [value] if value else []
    if isinstance(each.type, inspect.DictType):
        return [{"label": label, "value": _text(one)} for label, one in (value or {}).items()]
    return value if value is not None else ""


def _choice(each: Described, choices: Mapping[str, str], said: dict[str, Any]) -> forms.Field:
    if isinstance(each.type, inspect.ListType):
        return forms.MultipleChoiceField(
            choices=list(choices.items()), widget=forms.CheckboxSelectMultiple, **said | {"required": False}
        )
    first = "Choose …" if each.required else "As usual" if each.ref == "application_stage" else "None"
    return forms.ChoiceField(choices=[("", first), *choices.items()], **said)


def _hint(each: Described, hint: str) -> str:
    most = getattr(each.type, "max_length", None)
    limit = f"at most {most:,} characters" if most and most > LONG else ""
    zone = "In UTC" if isinstance(each.type, inspect.DateTimeType) else ""
    return ". ".join(filter(None, (each.meaning, limit.capitalize(), zone, hint)))


def _items(kind: inspect.Type) -> tuple[Part, ...]:
    return _parts(kind) if isinstance(kind, inspect.StructType) else (Part("value", "Value", required=True),)


def _parts(kind: inspect.StructType) -> tuple[Part, ...]:
    if kind.cls is File:
        types = next(each for each in kind.fields if each.name == "type")
        return (Part("upload", "File", "file"), Part("url", "Or its address", "url"), _part(types))
    return tuple(_part(each) for each in kind.fields)


def _part(one: inspect.Field) -> Part:
    each = Described(one)
    label, kind = LABELS.get(each.name, each.label), each.type
    if isinstance(kind, inspect.EnumType):
        return Part(each.name, label, "choice", choices=tuple(member.value for member in kind.cls))
    if isinstance(kind, inspect.StructType):
        return Part(each.name, label, within=Described(kind.fields[0]).name)
    most = getattr(kind, "max_length", None)
    return Part(each.name, label, "check" if isinstance(kind, inspect.BoolType) else "text", each.required, most)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
