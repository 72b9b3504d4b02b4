"""Stateless paging: (params, answer) → the next params, or none. A checkpoint is just the params."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from connectors.paths import at

type Params = dict[str, Any]


class Paging(Protocol):
    """How one provider cuts its lists into pages."""

    def first(self, params: Mapping[str, Any]) -> Params:
        """The first page's params."""
        ...

    def next(self, params: Params, answer: Any, rows: int) -> Params | None:
        """The next page's params, or none after the last."""
        ...


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Page 1, 2, 3 … until `last` (a path in the answer) is reached; without it, until a page is short or empty."""

    number: str
    size: tuple[str, int]
    last: str = ""

    def first(self, params: Mapping[str, Any]) -> Params:
        """Page 1."""
        return {**params, self.size[0]: self.size[1], self.number: 1}

    def next(self, params: Params, answer: Any, rows: int) -> Params | None:
        """The page after this one."""
        last = at(answer, self.last) if self.last else None
        more = params[self.number] < last if isinstance(last, int) else rows >= self.size[1]
        return {**params, self.number: params[self.number] + 1} if more and rows else None


@dataclass(frozen=True, slots=True)
class ByLink:
    """Page 1, 2, 3 … while the answer links to a next one. The link is only a sign: it is never followed.

    A full page without a link is followed too, for the link may be missing, unless `total` (a path in the answer) says
    that this page held the last row.
    """

    number: str
    size: tuple[str, int]
    link: str
    total: str = ""

    def first(self, params: Mapping[str, Any]) -> Params:
        """Page 1."""
        return {**params, self.size[0]: self.size[1], self.number: 1}

    def next(self, params: Params, answer: Any, rows: int) -> Params | None:
        """The page after this one."""
        more = rows and (at(answer, self.link) is not None or (rows >= self.size[1] and not self._last(params, answer)))
        return {**params, self.number: params[self.number] + 1} if more else None

    def _last(self, params: Params, answer: Any) -> bool:
        total = at(answer, self.total) if self.total else None
        return str(total).isdigit() and params[self.number] * self.size[1] == int(str(total))


@dataclass(frozen=True, slots=True)
class ByCursor:
    """The answer carries the next page's cursor at `cursor`."""

    parameter: str
    size: tuple[str, int]
    cursor: str

    def first(self, params: Mapping[str, Any]) -> Params:
        """Without a cursor."""
        return {**params, self.size[0]: self.size[1]}

    def next(self, params: Params, answer: Any, rows: int) -> Params | None:
        """With the cursor that the answer names."""
        cursor = at(answer, self.cursor)
        return {**params, self.parameter: cursor} if cursor else None


@dataclass(frozen=True, slots=True)
class Whole:
    """One answer holds everything."""

    def first(self, params: Mapping[str, Any]) -> Params:
        """The only page."""
        return dict(params)

    def next(self, params: Params, answer: Any, rows: int) -> Params | None:
        """None."""
        return None
