"""The filters of a list: the chips of those in force, the menu of the others, and the links that sort."""

from dataclasses import dataclass
from uuid import UUID

from atsbridge.connections.models import Connection
from atsbridge.dashboard import addresses
from atsbridge.dashboard.columns import Column
from atsbridge.records import listing
from atsbridge.records.listing import Asked, Filter
from atsbridge.records.models import Record
from atsbridge.tenants.access import Request
from connectors.unified import BY_SLUG

OFFERED = 100
"""Jobs or stages that a menu offers; the others are reached from their own pages."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force, and the address without it."""

    field: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter that could be added: its value in words, and the address with it."""

    words: str
    address: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """The choices of one filter."""

    label: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Head:
    """One column's head. sort: the value of aria-sort, "" where it does not sort; address: sorted by it."""

    column: Column
    sort: str = ""
    address: str = ""
    icon: str = ""


class Narrowing:
    """What a list of records is narrowed by, and could be. sources: those that the rows on the page name."""

    def __init__(self, request: Request, asked: Asked, connections: list[Connection], sources: set[str]) -> None:
        self.request, self.asked, self.connections = request, asked, connections
        self.filters = listing.filters(asked.model)
        self.words = {name: self._options(each, sources) for name, each in self.filters.items()}
        self.words["connection"] = {str(each.id): each.label for each in connections}

    def chips(self) -> list[Chip]:
        """The filters in force; the search is not among them, it stands in its box."""
        named = self._named()
        return [
            Chip(
                "Connection" if name == "connection" else self.filters[name].label,
                self.words[name].get(value) or named.get(value, value),
                addresses.changed(self.request, **{name: None}),
            )
            for name, value in self.asked.values.items()
        ]

    def menus(self) -> list[Menu]:
        """The filters that could be added, without those that have nothing to choose from."""
        labels = {"connection": "Connection"} if len(self.connections) > 1 else {}
        labels |= {name: each.label for name, each in self.filters.items()}
        return [Menu(label, self._choices(name)) for name, label in labels.items() if self.words[name]]

    def heads(self, columns: list[Column]) -> list[Head]:
        """The heads of the columns, with the links that sort."""
        return [self._head(column) for column in columns]

    def clear(self) -> str:
        """The address without any filter."""
        return addresses.changed(self.request, q=None, **dict.fromkeys(self.asked.values))

    def _options(self, known: Filter, sources: set[str]) -> dict[str, str]:
        if known.choices:
            return dict(known.choices)
        if known.column == "source":
            return {source: source for source in sorted(sources) if source}
        if known.column not in ("job", "stage"):
            return {}
        rows = Record.objects.filter(model=known.ref, connection__in=listing.shown(self.connections))
        rows = rows.filter(deleted_at__isnull=True)
        if known.column == "stage":
            return {
                title: title for title in rows.order_by("title").values_list("title", flat=True).distinct()[:OFFERED]
            }
        return {str(id_): title for id_, title in rows.order_by("sort", "id").values_list("id", "title")[:OFFERED]}

    def _choices(self, name: str) -> list[Choice]:
        current = self.asked.values.get(name)
        return [
            Choice(words, addresses.changed(self.request, **{name: value}), value == current)
            for value, words in self.words[name].items()
        ]

    def _named(self) -> dict[str, str]:
        """The names of the records that are filtered by and that no menu offers."""
        refs = [value for name, value in self.asked.values.items() if name in self.filters and self.filters[name].ref]
        missing = [UUID(v) for v in refs if listing.is_id(v) and not any(v in words for words in self.words.values())]
        if not missing:
            return {}
        rows = Record.objects.filter(id__in=missing).only("id", "model", "title", "remote_id")
        return {str(row.id): row.title or f"{BY_SLUG[row.model].label} {row.remote_id}" for row in rows}

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column)
        current = self.asked.sort
        other = column.sort if column.sort == "name" else f"-{column.sort}"
        if current.removeprefix("-") != column.sort:
            return Head(column, "none", addresses.changed(self.request, sort=other), "chevron-up-down")
        falling = current.startswith("-")
        turned = addresses.changed(self.request, sort=column.sort if falling else f"-{column.sort}")
        return Head(
            column, "descending" if falling else "ascending", turned, "chevron-down" if falling else "chevron-up"
        )
