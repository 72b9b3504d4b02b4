"""JSON Schema of what machines send and get, from the types that read and make it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import GenericAlias
from typing import Any, TypedDict, get_type_hints

import msgspec

from atsbridge.api.answers import Around, Listed
from atsbridge.api.bodies import FILE, NOT_OF_FORMS
from atsbridge.api.shapes import EMBEDS
from connectors import unified
from connectors.unified.actions import Input
from connectors.unified.dialects.truto import SHAPES
from connectors.unified.dialects.truto_bodies import Named, Source, Written
from connectors.unified.dialects.truto_shapes import SHOWN
from connectors.unified.dialects.truto_writing import OPERATIONS

type Schema = dict[str, Any]
SOMETHING = {"anyOf": [{"type": "object"}, {"type": "string", "minLength": 1}]}
PLACE = "#/components/schemas/{name}"


@cache
def record(model: str) -> Any:
    """The type of a model's records as they are read. Any field may be missing, for readers may exclude it."""
    shape = get_type_hints(SHAPES[model])["return"]
    embedded = {field: GenericAlias(list, record(each)) for field, each in EMBEDS.get(model, {}).items()}
    fields = {"id": str, **_hints(shape), **SHOWN.get(model, {}), **embedded, **_hints(Around)}
    return _typed(shape.__name__, fields, shape.__doc__, model, total=False)


@cache
def listed(model: str) -> Any:
    """The type of a page of them."""
    of = record(model)
    return _typed(f"{of.__name__}Page", {**_hints(Listed), "result": GenericAlias(list, of)}, Listed.__doc__)


@cache
def wrapped(model: str) -> Any:
    """The type of one of them, as a named method answers it."""
    of = record(model)
    return _typed(f"{of.__name__}Result", {"result": of}, "What a method made of the record.")


def schemas(types: Iterable[Any]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """Type → where its schema stands, and all of them by name."""
    known = list(dict.fromkeys(types))
    places, components = msgspec.json.schema_components(known, ref_template=PLACE)
    for kind in known:
        if isinstance(kind, type) and issubclass(kind, Written):
            _tell_of_body(components[kind.__name__], kind)
        elif model := getattr(kind, "__model__", ""):
            _describe(components[kind.__name__], _meanings(model))
    for either in (Named, Source):  # `word` demands it
        components[either.__name__]["anyOf"] = _one_of(*either.__struct_fields__)
    return dict(zip(known, places, strict=True)), components


def form(body: type[Written], schema: Schema) -> Schema:
    """The schema of a body with one file, sent as a form: its simple fields, and the file."""
    simple = {
        name: _alone(each)
        for name, each in schema["properties"].items()
        if name not in (*NOT_OF_FORMS, *body.unused) and "$ref" not in str(each)
    }
    file = {"type": "string", "format": "binary", "description": "The file itself"}
    return {"type": "object", "properties": simple | {FILE: file}, "required": [FILE], "additionalProperties": False}


def _alone(schema: Schema) -> Schema:
    """A part of a form: it has a value, or is not there."""
    kind: Schema = next((each for each in schema.get("anyOf", ()) if each != {"type": "null"}), {})
    words = [word for word in schema.get("enum", ()) if word is not None]
    rest = {name: each for name, each in schema.items() if name != "anyOf" and (name, each) != ("default", None)}
    return rest | kind | ({"enum": words} if words else {})


def _typed(name: str, fields: Mapping[str, Any], says: str | None, model: str = "", *, total: bool = True) -> Any:
    """A type that is composed here: its fields → their types. model: whose words its fields have."""
    make: Any = TypedDict
    kind = make(name, dict(fields), total=total)
    kind.__doc__, kind.__model__ = says, model
    return kind


def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _meanings(model: str) -> dict[str, str]:
    return {name: field.meaning for name, field in unified.BY_SLUG[model].fields().items()}


def _describe(schema: Schema, meanings: Mapping[str, str]) -> None:
    """Say what fields mean that have no words of their own."""
    for name, each in schema["properties"].items():
        if words := meanings.get(name):
            each.setdefault("description", words)


def _tell_of_body(schema: Schema, body: type[Written]) -> None:
    """What the action says of the fields that are spelled otherwise here, and which of them there have to be."""
    says = _said_of(getattr(body, "action", Input))
    own = {name: says[ours] for name, ours in body.spelled.items()}
    records = {name.removesuffix("_id"): words for name, words in says.items() if name.endswith("_id")}
    nothing = {name: f"Taken, but {why}" for name, why in body.unused.items()}
    _describe(schema, says | records | own | nothing)
    if body.some:
        schema["anyOf"] = [{"required": [name]} for name in schema["properties"] if name not in body.unused]
    elif body.needs and body not in _in_addresses():
        schema["allOf"] = [
            {"anyOf": _one_of(*(name for kind in kinds for name in (f"{kind}_id", kind)))} for kinds in body.needs
        ]


def _in_addresses() -> Iterator[type[Written]]:
    """The bodies of which something may stand in the address, so that they do not have to say it."""
    return (meant.body for operation in OPERATIONS.values() if operation.query for meant in operation.all())


def _one_of(*names: str) -> list[Schema]:
    """That one of these fields has to say something."""
    return [{"required": [name], "properties": {name: SOMETHING}} for name in names]


def _said_of(action: type[Input]) -> dict[str, str]:
    fields = msgspec.structs.fields(action)
    return {field.encode_name: field.type.__metadata__[0].description for field in fields}
