"""A provider's answer as a folding tree, its mapped paths marked so that both sides of a record page can light up."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

LONG = 200
"""A text of more letters than this is folded."""


def anchor(path: str, source: str = "") -> str:
    """The id of the place that a source path names; a path through a list names the list."""
    start, _, _ = path.partition("[")
    return "p-" + slugify(f"{source} {start}".replace(".", " ").replace("/", " "))


class Tree:
    """One answer. paths: what the mapping reads from it; source: the name of the detail read that brought it."""

    def __init__(self, paths: Iterable[str], source: str = "") -> None:
        self.source = source
        self.marked = {path.partition("[")[0] for path in paths if path}
        self.above = {start for path in self.marked for start in _starts(path)}

    def render(self, answer: Any) -> SafeString:
        """The whole tree."""
        return format_html("<ul>{}</ul>", self._item("", answer, "") if not _folds(answer) else self._items(answer, ""))

    def _items(self, value: dict[str, Any] | list[Any], path: str | None) -> SafeString:
        """What is inside; inside of a list nothing has a path of its own."""
        if isinstance(value, list):
            return join(self._item(str(index), each, None) for index, each in enumerate(value))
        inner = {key: None if path is None else f"{path}.{key}".strip(".") for key in value}
        return join(self._item(key, each, inner[key]) for key, each in value.items())

    def _item(self, key: str, value: Any, path: str | None) -> SafeString:
        mark = SafeString("")
        if path in self.marked:
            place = anchor(path or "", self.source)
            mark = format_html(' id="{}" data-path="{}"', place, place)
        return format_html("<li{}>{}</li>", mark, self._node(key, value, path))

    def _node(self, key: str, value: Any, path: str | None) -> SafeString:
        name = format_html('<bdi class="k">{}</bdi>', key)
        if _folds(value):
            size = f"[{len(value)}]" if isinstance(value, list) else f"{{{len(value)}}}"
            is_open = " open" if path in self.above or path in self.marked else ""
            fold = '<details{}><summary>{}<span class="of">{}</span></summary><ul>{}</ul></details>'
            return format_html(fold, is_open, name, size, self._items(value, path))
        if isinstance(value, str) and len(value) > LONG:
            fold = '<details><summary>{}: <bdi class="s">"{} …"</bdi></summary><bdi class="s long">{}</bdi></details>'
            return format_html(fold, name, value[:60], value)
        return format_html("{}{}", format_html("{}: ", name) if key else "", _scalar(value))


def join(parts: Iterable[SafeString]) -> SafeString:
    """Parts one after the other."""
    return format_html_join("", "{}", ((part,) for part in parts))


def _folds(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _scalar(value: Any) -> SafeString:
    if isinstance(value, str):
        return format_html('<bdi class="s">"{}"</bdi>', value)
    if isinstance(value, bool):
        return format_html('<span class="n">{}</span>', str(value).lower())
    if isinstance(value, int | float):
        return format_html('<span class="n">{}</span>', repr(value))
    return format_html('<span class="z">{}</span>', "null" if value is None else value)


def _starts(path: str) -> list[str]:
    steps = path.split(".")
    return [".".join(steps[:count]) for count in range(1, len(steps))]
