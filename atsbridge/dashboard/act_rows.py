"""A form field of several rows, for lists of small values: e-mail addresses, positions, answers, files.

Each row has an input for each part: `email_addresses-0-type`. Without a script too, a button asks for one row more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

MOST = 50
"""Rows that a form takes."""
TYPES = {"file": "file", "check": "checkbox", "url": "url"}


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a row. kind: text, check, choice, url or file. within: it stands for a part inside the part."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    most: int | None = None
    choices: tuple[str, ...] = ()
    within: str = ""

    @property
    def type(self) -> str:
        """Its input's type."""
        return TYPES.get(self.kind, "text")

    def read(self, value: Any) -> Any:
        """What was typed, as the row holds it; None for nothing."""
        if self.kind == "check":
            return bool(value)
        if self.kind == "file":
            return value
        typed = str(value or "").strip()
        return ({self.within: typed} if self.within else typed) if typed else None

    def shown(self, row: Mapping[str, Any]) -> Any:
        """What a row's input begins with."""
        value = row.get(self.name)
        if self.within and isinstance(value, dict):
            return value.get(self.within) or ""
        return "" if value is None or self.kind == "file" else value

    @property
    def counts(self) -> bool:
        """Whether something in it makes a row: a box or a choice alone does not."""
        return self.kind in ("text", "url", "file")


@dataclass(frozen=True, slots=True)
class Cell:
    """One input as the template draws it."""

    part: Part
    name: str
    value: Any

    @property
    def id(self) -> str:
        """Its id in the page."""
        return f"id_{self.name}"


class RowsInput(forms.Widget):
    """Reads the rows of a form; `templates/actions/field.html` draws them."""

    def __init__(self, parts: tuple[Part, ...], *, single: bool) -> None:
        super().__init__()
        self.parts, self.single = parts, single
        self.needs_multipart_form = any(part.kind == "file" for part in parts)

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        """The rows in which something stands."""
        rows = [self._row(data, files, f"{name}-{place}") for place in range(1 if self.single else MOST)]
        return [row for row in rows if any(row[part.name] for part in self.parts if part.counts)]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> bool:
        """It is never omitted: no row is an answer, too."""
        return False

    def _row(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> dict[str, Any]:
        at = {part: f"{name}-{part.name}" for part in self.parts}
        return {part.name: part.read((files if part.kind == "file" else data).get(where)) for part, where in at.items()}


class BoundRows(forms.BoundField):
    """Rows as the template draws them."""

    @property
    def rows(self) -> list[list[Cell]]:
        """Those that are filled, and one more."""
        widget = self.field.widget
        assert isinstance(widget, RowsInput)
        filled = list(self.value() or [])
        rows = filled[:1] or [{}] if widget.single else [*filled, {}][:MOST]
        return [
            [Cell(part, f"{self.html_name}-{place}-{part.name}", part.shown(row)) for part in widget.parts]
            for place, row in enumerate(rows)
        ]

    @property
    def single(self) -> bool:
        """Whether there is one row only."""
        return bool(self.field.widget.single)

    @property
    def id_for_label(self) -> str:
        """The id of its first input, where a link to the field leads."""
        return self.rows[0][0].id


class Rows(forms.Field):
    """Several rows, or a single one; its value is a list of dicts of their parts, without what is empty."""

    def __init__(self, parts: Iterable[Part], *, single: bool = False, **kwargs: Any) -> None:
        self.parts = tuple(parts)
        super().__init__(widget=RowsInput(self.parts, single=single), **kwargs)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundRows:
        """With its rows."""
        return BoundRows(form, self, field_name)

    def clean(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows, each with what it needs."""
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [self._clean(place, row) for place, row in enumerate(value, 1)]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the rows say something else than those shown."""
        return self._plain(initial) != self._plain(data)

    def _clean(self, place: int, row: dict[str, Any]) -> dict[str, Any]:
        where = "" if self.widget.single else f" in row {place}"
        for part in self.parts:
            if part.required and not row[part.name]:
                raise forms.ValidationError(f"{self.label}: fill in “{part.label}”{where}.")
            if part.most and isinstance(row[part.name], str) and len(row[part.name]) > part.most:
                raise forms.ValidationError(
                    f"{self.label}: “{part.label}”{where} has {len(row[part.name]):,} characters, at most {part.most:,}"
                )
        return {name: value for name, value in row.items() if value is not None}

    def _plain(self, rows: Any) -> list[dict[str, Any]]:
        return [{part.name: part.read(part.shown(row)) for part in self.parts} for row in rows or []]
