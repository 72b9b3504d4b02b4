"""The parts of what machines write in Truto's shape."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET

from connectors.unified.actions import Line, Name
from connectors.unified.base import Part

type Id = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
type Given = dict[str, Any]

TYPES = {"resume": "CV", "cover_letter": "COVER_LETTER", "other": "OTHER"}
"""Truto's word for what a file is → ours."""


class Written(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A body. unused: fields that are accepted and lead to nothing → why."""

    unused: ClassVar[Mapping[str, str]] = {}

    remote_data: Any = UNSET

    def given(self) -> Given:
        """What the action is told; raises Unclear."""
        raise NotImplementedError

    def papers(self) -> list["Paper"]:
        """The files that come with it."""
        return []

    def warnings(self) -> list[str]:
        """What was given and leads to nothing, a sentence each."""
        known = {"remote_data": "nothing is passed on to the ATS as it stands", **self.unused}
        return [f"{name}: {why}." for name, why in known.items() if getattr(self, name) is not UNSET]


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


class Mail(Part, frozen=True, forbid_unknown_fields=True):
    """An e-mail address."""

    email: Name
    type: Name | None = None
    is_primary: bool | None = None


class Phone(Part, frozen=True, forbid_unknown_fields=True):
    """A phone number."""

    number: Name
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


def needed(body: Any, name: str) -> str:
    """The same, where there has to be one."""
    found = one(body, name)
    if found is None:
        raise Unclear(f"{name}_id: it is required")
    return found


def source_of(source: Named | str | None) -> str | None:
    """A source by name or id."""
    return source.word("source") if isinstance(source, Named) else source
