"""Unified values as people read them. Whatever a provider sent is escaped, and stands in its own direction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from atsbridge.dashboard import addresses, plain
from atsbridge.dashboard.columns import Cell
from atsbridge.dashboard.templatetags import ui
from atsbridge.dashboard.words import CODED, EMPTY, STATES, line
from atsbridge.records.listing import worded
from atsbridge.records.references import Reference

register = template.Library()

LONG = 20_000
"""Characters of one text that a page shows."""
MANY = 50
"""Entries of one list that a page shows."""

type Shown = Callable[[Any], SafeString]


@register.simple_tag(takes_context=True)
def cell(context: Context, value: Cell) -> SafeString:
    """A value in the one line of a list."""
    if value.shape.ref:
        return _refs(context, value.references[:3]) if value.references else ui.DASH
    if value.value in EMPTY:
        return ui.DASH
    if value.shape.name in STATES:
        return ui.state(context, str(value.value), bare=True)
    return short(value)


@register.simple_tag(takes_context=True)
def value(context: Context, shown: Cell) -> SafeString:
    """A value in full."""
    if shown.shape.ref:
        return _refs(context, shown.references[:MANY])
    if shown.shape.name in STATES:
        return ui.state(context, str(shown.value), bare=True)
    if shown.shape.long:
        return _long(str(shown.value))
    return _whole(shown.shape.name, shown.value)


@register.simple_tag(takes_context=True)
def reference(context: Context, named: Reference) -> SafeString:
    """A link to a record by its name; what was never read, or is gone, says so."""
    if not named.seen:
        words = '<span dir="auto" title="{}">{}</span> <span class="muted">not read yet</span>'
        return format_html(words, named.remote_id, named.title)
    address = reverse("record", args=[context["request"].tenant.slug, named.plural, named.id])
    gone = SafeString(' <span class="muted">deleted</span>') if named.deleted else ""
    return format_html('<a href="{}" dir="auto" title="{}">{}</a>{}', address, named.title, named.title, gone)


@register.filter
def excerpt(words: str | None, letters: int = 600) -> str:
    """The beginning of a text that may be HTML."""
    found = plain.text(words or "")
    return found if len(found) <= letters else found[:letters].rstrip() + " …"


def short(value: Cell) -> SafeString:
    """A value that is no reference, in one line."""
    if _is_time(value):
        return ui.day(datetime.fromisoformat(value.value))
    if isinstance(value.value, list):
        return _first(value.value)
    if value.shape.name in CODED:
        return ui.words(worded(str(value.value)))
    return ui.words(line(value.value)[:300])


def _is_time(value: Cell) -> bool:
    return value.shape.name.endswith("_at") and isinstance(value.value, str)


def _first(values: list[Any]) -> SafeString:
    rest = format_html(' <span class="muted">+{}</span>', len(values) - 1) if len(values) > 1 else ""
    return format_html("{}{}", ui.words(line(values[0])[:300]), rest)


def _refs(context: Context, references: tuple[Reference, ...]) -> SafeString:
    return format_html_join(", ", "{}", ((reference(context, each),) for each in references))


def _long(markup: str) -> SafeString:
    words = plain.text(markup[: 4 * LONG])
    if len(words) <= 400:
        return format_html('<div class="long" dir="auto">{}</div>', words)
    told = format_html('<summary dir="auto">{} …</summary>', words[:200])
    rest = "" if len(words) <= LONG else " …"
    return format_html(
        '<details id="long">{}<div class="long" dir="auto">{}{}</div></details>', told, words[:LONG], rest
    )


def _whole(name: str, value: Any) -> SafeString:
    if isinstance(value, list):
        return _lines(name, value)
    if isinstance(value, dict):
        return _table(value) if name == "custom_fields" else _part(name, value)
    return _scalar(name, value)


def _lines(name: str, values: list[Any]) -> SafeString:
    lines = format_html_join("", "<li>{}</li>", ((_whole("", each),) for each in values[:MANY]))
    more = format_html('<li class="muted">{} more</li>', len(values) - MANY) if len(values) > MANY else ""
    return format_html('<ul class="lines">{}{}</ul>', lines, more)


def _part(name: str, value: dict[str, Any]) -> SafeString:
    if "email_address" in value or "phone_number" in value:
        return _contact(value)
    if name == "location" or "city" in value:
        return _address(value)
    kept = {key.replace("_", " ").capitalize(): each for key, each in value.items() if each not in EMPTY}
    if "Question" in kept:
        return _table({str(kept["Question"]): kept.get("Answer")})
    if len(kept) < 4:
        return _table(kept) if kept else ui.DASH
    return format_html('<details><summary dir="auto">{}</summary>{}</details>', line(value)[:200], _table(kept))


def _contact(value: dict[str, Any]) -> SafeString:
    kind = format_html(' <span class="tag">{}</span>', value["type"].lower()) if value.get("type") else ""
    if address := value.get("email_address"):
        return format_html('<a href="mailto:{}" dir="auto">{}</a>{}', address, address, kind)
    extension = f" ext. {value['extension']}" if value.get("extension") else ""
    return format_html("<bdi>{}{}</bdi>{}", value.get("phone_number"), extension, kind)


def _address(value: dict[str, Any]) -> SafeString:
    town = " ".join(filter(None, (value.get("zip_code"), value.get("city"))))
    parts = (value.get("street_1"), value.get("street_2"), town, value.get("state"), value.get("country"))
    return _text(", ".join(filter(None, parts)) or value.get("raw") or "–")


def _table(value: dict[str, Any]) -> SafeString:
    pairs = ((key, _whole("", each) if each not in EMPTY else ui.DASH) for key, each in list(value.items())[:MANY])
    return format_html('<dl class="facts">{}</dl>', format_html_join("", '<dt dir="auto">{}</dt><dd>{}</dd>', pairs))


def _scalar(name: str, value: Any) -> SafeString:
    if name.endswith("_at") and isinstance(value, str):
        return ui.ago(datetime.fromisoformat(value))
    if name in CODED:
        return _text(worded(str(value)))
    if isinstance(value, str) and addresses.outward(value):
        return format_html(
            '<a href="{}" rel="noreferrer nofollow" target="_blank" dir="auto">{}</a>', value, value[:300]
        )
    return _text(line(value)[:LONG])


def _text(words: str) -> SafeString:
    return format_html('<span dir="auto">{}</span>', words)
