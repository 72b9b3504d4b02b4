"""What every unified model inherits, and the words in which its fields describe themselves."""

import typing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar

import msgspec


def about(
    meaning: str,
    *,
    ref: str = "",
    listed: bool = False,
    filter: bool = False,
    title: bool = False,
    search: bool = False,
    long: bool = False,
) -> msgspec.Meta:
    """One field's meaning and its uses.

    ref: the slug of the model that the value names by its remote id.
    listed: a column of the HTML list. filter: an ordinary column to filter by. title: part of the record's name.
    search: its words are found by the search box. long: shown folded (descriptions).
    """
    extra = {"ref": ref, "listed": listed, "filter": filter, "title": title, "search": search, "long": long}
    return msgspec.Meta(description=meaning, extra=extra, extra_json_schema={"x-refers-to": ref} if ref else None)


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a unified model, read back from its annotation.

    nullable: a provider may leave it empty. many: the value is a list.
    """

    name: str
    type: Any
    meaning: str
    nullable: bool
    many: bool
    ref: str = ""
    listed: bool = False
    filter: bool = False
    title: bool = False
    search: bool = False
    long: bool = False

    @property
    def label(self) -> str:
        """The name as people read it."""
        words = self.name.removesuffix("_id").removesuffix("_ids") if self.ref else self.name
        return words.removeprefix("remote_").replace("_", " ").capitalize()


class Part(msgspec.Struct, kw_only=True, frozen=True):
    """A value inside a record that has no id of its own: an address, a phone number."""


class Model(msgspec.Struct, kw_only=True):
    """A unified model: one class, each field one line. Its own remote id stands beside it, not in it."""

    slug: ClassVar[str] = ""
    plural: ClassVar[str] = ""
    label: ClassVar[str] = ""
    personal: ClassVar[bool] = True
    """It is about a person: nothing of it outlives a deletion for long. Of the others the name stays, for what lives
    may still be called after it."""

    remote_url: Annotated[str | None, about("Its page in the provider's own application")] = None
    remote_created_at: Annotated[datetime | None, about("When it was made there", listed=True)] = None
    remote_updated_at: Annotated[datetime | None, about("When it was last changed there")] = None

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """Its fields by name, in the order in which they are written, the common ones last."""
        return _fields(cls)


@cache
def _fields(model: type[Model]) -> dict[str, Field]:
    hints = typing.get_type_hints(model, include_extras=True)
    common = Model.__struct_fields__
    names = [*(n for n in model.__struct_fields__ if n not in common), *common]
    return {name: _field(name, hints[name]) for name in names}


def _field(name: str, hint: Any) -> Field:
    kind, *rest = typing.get_args(hint)
    meta = next(word for word in rest if isinstance(word, msgspec.Meta))
    kinds = (kind, *typing.get_args(kind))
    return Field(
        name=name,
        type=kind,
        meaning=meta.description or "",
        nullable=type(None) in kinds,
        many=any(typing.get_origin(one) is list for one in kinds),
        **(meta.extra or {}),
    )
