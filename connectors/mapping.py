"""Mappings: how an ATS's rows become unified records, as data that can be questioned.

A mapping names every field of its model: a path into the row (`At`), the same with what the account knows beside
the row (`Known`), a fixed value (`Always`), or `Unavailable("why not")`. Leaving one out fails at import.
"""

import math
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any

from connectors.paths import at, reader
from connectors.unified import Field, Model
from connectors.values import convert

type Row = dict[str, Any]
type Sources = Table[str, Any]
"""`{source name: answer}`: "" is the list row, others are what a detail read brought."""
type Beside = Table[str, Any]
"""`{source path: answer}`: what the account knows beside its rows (workflows, field definitions, …)."""


WRONG = (ValueError, TypeError, KeyError, AttributeError)
"""What reading a value of an unknown shape raises."""


LONGEST_ID = 500
"""What is longer is no id: neither an address nor an index of the database takes it."""
_NO_ID = (type(None), bool, dict, list)


class Unreadable(ValueError):
    """A value or a row that cannot be mapped; the text says why."""


@dataclass(frozen=True, slots=True)
class At:
    """The value at one path, or what `as_` makes of the values at several. `source` names a detail read."""

    paths: tuple[str, ...]
    as_: Callable[..., Any] | None
    source: str
    readers: tuple[Callable[[Any], Any], ...] = field(compare=False, repr=False)

    def __init__(self, *paths: str, as_: Callable[..., Any] | None = None, source: str = "") -> None:
        object.__setattr__(self, "paths", paths)
        object.__setattr__(self, "readers", tuple(map(reader, paths)))
        object.__setattr__(self, "as_", as_)
        object.__setattr__(self, "source", source)

    def read(self, sources: Sources, beside: Beside) -> Any:
        """The value in these sources; None where the source was not read."""
        if self.source not in sources:
            return None
        answer = sources[self.source]
        if self.as_ is None:
            return self.readers[0](answer)
        return self.as_(*[read(answer) for read in self.readers])


@dataclass(frozen=True, slots=True)
class Known(At):
    """Like `At`, but `as_` is handed what the account knows first: `as_(beside, *values)`."""

    def __init__(self, *paths: str, as_: Callable[..., Any], source: str = "") -> None:
        At.__init__(self, *paths, as_=as_, source=source)

    def read(self, sources: Sources, beside: Beside) -> Any:
        """The value in these sources and what is known beside them."""
        if self.source not in sources:
            return None
        assert self.as_ is not None
        answer = sources[self.source]
        return self.as_(beside, *[read(answer) for read in self.readers])


@dataclass(frozen=True, slots=True)
class Always:
    """A fixed value."""

    value: Any

    def read(self, sources: Sources, beside: Beside) -> Any:
        """The value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The provider does not give it; `reason` is shown wherever people look for it."""

    reason: str


type Word = At | Known | Always | Unavailable


@dataclass(slots=True)
class Made:
    """One unified record that a row made.

    own: the provider's record itself, where it stands in a detail beside others. warnings: values that were set aside.
    id: left for whoever stores it, who has an id of their own for it.
    """

    model: type[Model]
    remote_id: str
    values: Model
    own: Any = None
    warnings: list[str] = field(default_factory=list)
    id: Any = None


class Mapping:
    """How one row makes records of one unified model.

    model: the unified model. remote_id: where its id stands (read as text). each: cuts the row into sub-rows first,
    `each(row, beside)`, for records of which one row carries several; `detail` names the detail read that it cuts
    instead of the row, and `own` is where in such a sub-row the provider's record stands ("" for the whole). shared:
    many rows make it (a stage, a department), so it keeps no row of its own. owned: the row carries all of them, so one
    that is missing is gone (a job's stages). fields: every field of the model.
    """

    def __init__(
        self,
        model: type[Model],
        *,
        remote_id: At | Known,
        each: Callable[[Any, Beside], Iterable[Row]] | None = None,
        detail: str = "",
        own: str = "",
        shared: bool = False,
        owned: bool = False,
        **fields: Word,
    ) -> None:
        self.model, self.remote_id, self.each, self.detail = model, remote_id, each, detail
        self.own, self.shared, self.owned, self.fields = own, shared, owned, fields
        missing = [name for name in model.fields() if name not in fields]
        surplus = [name for name in fields if name not in model.fields()]
        if missing or surplus:
            raise TypeError(
                f"The mapping of {model.__name__} must name every field, with Unavailable(reason) where there is"
                f" nothing: missing {missing}, unknown {surplus}."
            )
        shapes = {name: (fields[name], shape) for name, shape in model.fields().items()}
        self._read = [(n, word, shape) for n, (word, shape) in shapes.items() if not isinstance(word, Unavailable)]
        self._empty: Row = {
            name: [] if shape.many and not shape.nullable else None for name, (_, shape) in shapes.items()
        }

    @property
    def sources(self) -> set[str]:
        """The detail reads that it looks into."""
        named = {word.source for word in self.fields.values() if isinstance(word, At)} | {self.detail}
        return named - {""}

    def make(self, sources: Sources, beside: Beside) -> list[Made]:
        """The records that a row makes; raises Unreadable where the row cannot be read at all."""
        if self.each is None:
            made = self._one(sources, beside)
            return [made] if made else []
        rows = self.each(sources.get(self.detail, {}), beside)
        return [made for row in rows if (made := self._one({**sources, "": row}, beside))]

    def _one(self, sources: Sources, beside: Beside) -> Made | None:
        remote_id = as_id(self.remote_id.read(sources, beside))
        if remote_id is None:
            return None
        warnings: list[str] = []
        try:
            values = self._whole(sources, beside)
        except WRONG:
            values = self._singly(sources, beside, warnings)
        own = at(sources.get(""), self.own) if self.detail else None
        return Made(self.model, remote_id, values, own, warnings)

    def _whole(self, sources: Sources, beside: Beside) -> Model:
        """All values at once; raises where one of them is wrong."""
        values = dict(self._empty)
        for name, word, _ in self._read:
            value = word.read(sources, beside)
            if value is not None:
                values[name] = value
        made: Model = convert(values, self.model)
        return made

    def _singly(self, sources: Sources, beside: Beside, warnings: list[str]) -> Model:
        """One value after the other, so that a wrong one is set aside and not its row, where it may be missing."""
        values = dict(self._empty)
        for name, word, shape in self._read:
            value = _value(word, shape, sources, beside, warnings)
            if value is not None:
                values[name] = value
            elif not shape.nullable and not shape.many:
                raise Unreadable(f"{shape.label} is missing")
        made: Model = convert(values, self.model)
        return made


def _value(word: At | Always, shape: Field, sources: Sources, beside: Beside, warnings: list[str]) -> Any:
    try:
        return checked(word.read(sources, beside), shape)
    except WRONG as error:
        if not shape.nullable and not shape.many:
            raise Unreadable(f"{shape.label}: {error}") from error
        warnings.append(f"{shape.label}: {error}")
        return None


def as_id(value: Any) -> str | None:
    """An id as text: numbers and texts alike, None for nothing and for what cannot be one."""
    if isinstance(value, _NO_ID):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    found = str(value).strip()
    return found if 0 < len(found) <= LONGEST_ID else None


def checked(value: Any, shape: Field) -> Any:
    """A value in the field's declared kind; raises ValueError with the reason where it is another."""
    return None if value is None else convert(value, shape.type)
