"""The parts of what machines write in Truto's shape."""

from collections.abc import Callable, Mapping
from types import NoneType
from typing import Annotated, Any, ClassVar, Literal, get_args

import msgspec
from msgspec import NODEFAULT, UNSET, UnsetType

from connectors.unified.actions import PASSED, Called, Input, Line, Name
from connectors.unified.base import Part

type Id = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
type Given = dict[str, Any]
type Needs = tuple[tuple[str, ...], ...]

TYPES = {"resume": "CV", "cover_letter": "COVER_LETTER", "other": "OTHER"}
"""Truto's word for what a file is → ours."""


class Written(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A body.

    unused: fields that are accepted and lead to nothing → why. needs: records by kind, of each tuple one has to be
    named, as `x_id` or as `x`. some: it has to change something. alike: the fields that it has from its action.
    spelled: its own → those of the action that they tell. untold: fields of the action that no body tells.
    """

    unused: ClassVar[Mapping[str, str]] = {}
    needs: ClassVar[Needs] = ()
    some: ClassVar[bool] = False
    action: ClassVar[type[Input]]
    alike: ClassVar[tuple[str, ...]] = ()
    spelled: ClassVar[Mapping[str, str]] = {}
    untold: ClassVar[frozenset[str]] = frozenset()

    remote_data: Annotated[dict[str, Any] | UnsetType | None, PASSED] = UNSET

    def given(self) -> Given:
        """What the action is told; raises Unclear."""
        told = {name: getattr(self, name) for name in self.alike}
        given = {name: msgspec.to_builtins(value) for name, value in told.items() if value is not UNSET}
        for names in self.needs:
            given |= _named(self, names)
        passed = {"remote_data": self.remote_data} if self.remote_data and "remote_data" not in self.unused else {}
        return given | passed

    def papers(self) -> list["Paper"]:
        """The files that come with it."""
        return []

    def warnings(self) -> list[str]:
        """What was given and leads to nothing, a sentence each."""
        return [f"{name}: {why}." for name, why in self.unused.items() if getattr(self, name) is not UNSET]


def tells[Body: Written](action: type[Input], *untold: str, **spelled: str) -> Callable[[type[Body]], type[Body]]:
    """Give a body every field of its action that it spells as the action does, with the action's type and words: all
    but those that stand in it already, those that it tells by others (theirs=ours), and those that it does not tell."""

    def complete(body: type[Body]) -> type[Body]:
        told = {**body.spelled, **spelled}
        not_here = {*body.untold, *untold, *told.values(), *body.__struct_fields__}
        more = [_field(each) for each in msgspec.structs.fields(action) if each.encode_name not in not_here]
        own = {
            "__doc__": body.__doc__,
            "action": action,
            "alike": (*body.alike, *(name for name, *_ in more)),
            "spelled": told,
            "untold": body.untold | {*untold},
        }
        return msgspec.defstruct(  # type: ignore[return-value]  # a subclass of what it is told as a base
            body.__name__, more, bases=(body,), namespace=own, module=body.__module__, kw_only=True
        )

    return complete


def _field(each: msgspec.structs.FieldInfo) -> tuple[str, Any, Any]:
    """A field as it is declared. A record is named by any id that machines know, whatever the provider's look like."""
    kind, meta = get_args(each.type)
    if meta.extra["ref"]:
        kind = Id | None if NoneType in get_args(kind) else Id
    default = {} if each.default is NODEFAULT else {"default": each.default}
    factory = {} if each.default_factory is NODEFAULT else {"default_factory": each.default_factory}
    return each.encode_name, Annotated[kind, meta], msgspec.field(**default, **factory)


class Unclear(ValueError):
    """A body that says too little, or two things at once; the text names the field."""


class This(Part, frozen=True, forbid_unknown_fields=True):
    """A record by its id."""

    id: Id


class Named(Part, frozen=True, forbid_unknown_fields=True):
    """Something by its id or its name."""

    id: Id | None = None
    name: Name | None = None

    def word(self, field: str) -> str:
        """By what it is known."""
        if not (self.name or self.id):
            raise Unclear(f"{field}: give its name or its id")
        return self.name or self.id or ""


class Source(Part, frozen=True, forbid_unknown_fields=True):
    """Where somebody comes from, by one of what Kombo knows it by."""

    name: Name | None = None
    unified_key: Name | None = None
    id: Name | None = None

    def word(self, field: str) -> str:
        """By what it is known."""
        found = self.name or self.unified_key or self.id
        if not found:
            raise Unclear(f"{field}: give its name, its key or its id")
        return found


class Mail(Part, frozen=True, forbid_unknown_fields=True):
    """An e-mail address."""

    email: Called
    type: Name | None = None
    is_primary: bool | None = None


class Phone(Part, frozen=True, forbid_unknown_fields=True):
    """A phone number."""

    number: Called
    extension: Name | None = None
    type: Name | None = None


class Page(Part, frozen=True, forbid_unknown_fields=True):
    """A page of the person elsewhere."""

    url: Line
    type: Name | None = None


class Paper(Part, frozen=True, forbid_unknown_fields=True):
    """A file: fetched from an address, or here as base64."""

    id: Id | None = None
    file_name: Name = ""
    file_url: Line = ""
    url: Line = ""
    data: str | None = None
    type: Literal["resume", "cover_letter", "other"] | None = None
    attachment_type: Literal["resume", "cover_letter", "other"] | None = None

    @property
    def address(self) -> str:
        """Where it is fetched from."""
        return self.file_url or self.url

    @property
    def kind(self) -> str:
        """What it is."""
        return TYPES[self.attachment_type or self.type or "other"]


def one(body: Any, name: str) -> str | None:
    """An id that may stand in `name_id` or in `name.id`."""
    alone, inner = getattr(body, f"{name}_id"), getattr(body, name)
    if alone and inner and alone != inner.id:
        raise Unclear(f"{name}_id: it says another one than {name}.id")
    return alone or (inner.id if inner else None)


def _named(body: Written, names: tuple[str, ...]) -> Given:
    """The records of these kinds that a body names, where there has to be one."""
    found = {f"{name}_id": one(body, name) for name in names}
    if not any(found.values()):
        choice = f"say whose it is, with {' or '.join(found)}" if len(found) > 1 else "it is required"
        raise Unclear(f"{names[0]}_id: {choice}")
    return found


def source_of(source: Source | str | None) -> str | None:
    """What a source is known by."""
    return source.word("source") if isinstance(source, Source) else source
