"""The small parts that pages are made of: icons, badges, times, numbers, tables. `components/` has the bigger ones."""

import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from atsbridge.dashboard import icons, spans, states
from atsbridge.dashboard.tree import Tree, join
from atsbridge.dashboard.tree import anchor as place
from atsbridge.sync.models import Run
from atsbridge.sync.waiting import BUDGET

register = template.Library()

DASH = mark_safe('<span class="muted">–<span class="unseen">none</span></span>')


# -- Icons ------------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, css: str = "", label: str = "") -> SafeString:
    """An icon: `"check"`, or `"o-home"` of the outlines. css: big, turning. label: where no word stands beside it."""
    kind = " ".join(filter(None, ("icon", "line" if name.startswith("o-") else "", css)))
    sheet = getattr(getattr(context, "request", None), "icons", None)
    if sheet is None:
        return icons.whole(name, kind, label)
    sheet.add(name)
    return icons.reference(name, kind, label)


@register.simple_tag(takes_context=True)
def sprite(context: Context) -> SafeString:
    """The sheet of the icons that the page has used so far: once, at its end."""
    sheet = getattr(getattr(context, "request", None), "icons", None) or ()
    symbols = join(icons.symbol(name) for name in sorted(sheet))
    return format_html('<svg width="0" height="0" class="unseen" aria-hidden="true">{}</svg>', symbols)


# -- States -----------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def badge(context: Context, tone: str, words: str, name: str = "", bare: bool = False) -> SafeString:
    """Icon, word and tint. tone: good, busy, attention, broken, off. bare: without the tint, for rows."""
    name = name or states.TONES[tone]
    drawn = icon(context, name, "turning" if name == "arrow-path" else "")
    return format_html('<span class="badge {}{}">{}{}</span>', tone, " bare" if bare else "", drawn, words)


@register.simple_tag(takes_context=True)
def state(context: Context, value: str, words: str = "", bare: bool = False) -> SafeString:
    """The badge of a state: of a connection, a run, a job, an outcome, a permission."""
    look = states.look(str(value))
    return badge(context, look.tone, words or look.word, look.icon, bare)


@register.simple_tag(takes_context=True)
def answer(context: Context, status: int | None) -> SafeString:
    """The badge of an exchange's HTTP status; None is a provider that did not answer."""
    look = states.answer(status)
    return badge(context, look.tone, look.word, look.icon, bare=True)


@register.filter
def tone(value: str) -> str:
    """The tone of a state, for the class of a part: good, busy, attention, broken, off."""
    return states.look(str(value)).tone


@register.filter
def tone_icon(value: str) -> str:
    """The icon of a tone where nothing else is said."""
    return states.TONES[value]


@register.filter
def state_icon(value: str) -> str:
    """The icon of a state."""
    return states.look(str(value)).icon


@register.filter
def state_word(value: str) -> str:
    """The word of a state."""
    return states.look(str(value)).word


@register.filter
def message_tone(level: str) -> str:
    """The tone of a message's level."""
    return {"success": "good", "warning": "attention", "error": "broken"}.get(level, "off")


@register.simple_tag
def mark(connector: str, css: str = "") -> SafeString:
    """The mark of an ATS: the first letter of its slug in a box. css: small."""
    return format_html('<span class="mark {} {}" aria-hidden="true">{}</span>', connector, css, connector[:1])


# -- Times and numbers ------------------------------------------------------------------------------------------------


def _time(moment: datetime, words: str) -> SafeString:
    told = spans.exact(moment)
    html = '<time datetime="{}" title="{}">{}<span class="unseen"> ({})</span></time>'
    return format_html(html, spans.machine(moment), told, words, told)


@register.simple_tag
def ago(moment: datetime | None, none: str = "never") -> SafeString:
    """How long ago or how soon, the exact time on hover and for screen readers; `none` where there is no time."""
    return _time(moment, spans.relative(moment)) if moment else format_html('<span class="muted">{}</span>', none)


@register.simple_tag
def day(moment: datetime | None, none: str = "–") -> SafeString:
    """The day, the exact time on hover and for screen readers."""
    return _time(moment, spans.day(moment)) if moment else format_html('<span class="muted">{}</span>', none)


@register.filter
def waits(run: Run) -> str:
    """Why nothing moves, and for how long: "waiting 40 s for budget"."""
    left = math.ceil((run.not_before - timezone.now()).total_seconds())
    if run.waits_for != BUDGET:
        return f"{run.waits_for} · next {spans.relative(run.not_before) if left > 0 else 'now'}"
    return f"waiting {spans.span(left)} for budget" if left > 0 else "waiting for a worker, its budget is there"


@register.filter
def duration(value: timedelta | float | None) -> str:
    """A span of time, given in seconds or as one: "6 min 15 s"."""
    return "–" if value is None else spans.span(value)


@register.filter
def number(value: float | None) -> str:
    """A number with thousands apart; a dash where there is none."""
    return "–" if value is None else f"{value:,}"


@register.filter
def size(value: int | None) -> str:
    """Bytes in the unit that people would choose: "0.1 KB", "184 KB", "1.2 MB"."""
    if value is None:
        return "–"
    kilobytes = value / 1000
    if kilobytes < 10:
        return f"{kilobytes:.1f} KB"
    return f"{kilobytes:,.0f} KB" if kilobytes < 1000 else f"{kilobytes / 1000:,.1f} MB"


@register.simple_tag
def gauge(value: float, maximum: float, label: str, reserve: float = 0, css: str = "") -> SafeString:
    """How much of a whole is used; busy from the reserve on, which is a mark. css: tall."""
    height, whole = (10 if "tall" in css else 6), maximum or 1
    share = min(100, max(0, 100 * value / whole))
    colour = "f-busy" if reserve and value >= maximum - reserve else "bar"
    at = f"{100 * (whole - reserve) / whole:.1f}%"
    line = format_html('<line class="reserve" x1="{}" x2="{}" y1="0" y2="{}"/>', at, at, height) if reserve else ""
    html = (
        '<svg class="gauge {}" role="img" aria-label="{}"><rect class="ground" width="100%" height="{}" rx="3"/>'
        '<rect class="{}" width="{}%" height="{}" rx="3"/>{}</svg>'
    )
    return format_html(html, css, label, height, colour, f"{share:.1f}", height, line)


# -- Words, paths, crumbs ---------------------------------------------------------------------------------------------


@register.simple_tag
def words(text: Any, css: str = "") -> SafeString:
    """What a provider or a person wrote: in its own direction, whole in the title; a dash for nothing. css: clip."""
    if text is None or text == "":
        return DASH
    return format_html('<span dir="auto" class="{}" title="{}">{}</span>', css, text, text)


@register.simple_tag
def crumb(text: str, address: str = "") -> SafeString:
    """One step of the path to this page; without an address, the page itself."""
    if address:
        return format_html('<li><a href="{}">{}</a></li>', address, text)
    return format_html('<li><span aria-current="page" dir="auto">{}</span></li>', text)


@register.simple_tag
def tree(value: Any, paths: Iterable[str] = (), source: str = "") -> SafeString:
    """A provider's answer as a folding tree. paths: those that the mapping reads; source: the name of a detail read."""
    return Tree(paths, source).render(value)


@register.simple_tag
def anchor(path: str, source: str = "") -> str:
    """The id of a source path's place in the tree, for `data-path` and for the link to it."""
    return place(path, source)


# -- Forms ------------------------------------------------------------------------------------------------------------

KINDS = {
    "checkbox": "check",
    "checkboxselectmultiple": "choices",
    "hidden": "hidden",
    "password": "secret",
    "radioselect": "choices",
}


@register.simple_tag
def control(field: BoundField, css: str = "input") -> SafeString:
    """A field's input in our looks; Django adds what ties it to its hint and error."""
    kept = {"spellcheck": "false", "autocapitalize": "none"} if "mono" in css else {}
    own = str(field.field.widget.attrs.get("class", ""))
    return mark_safe(field.as_widget(attrs={"class": f"{css} {own}".strip(), **kept}))  # noqa: S308 - a widget escapes


@register.filter
def kind(field: BoundField) -> str:
    """How a field is laid out: check, choices, secret, hidden or text."""
    return KINDS.get(field.widget_type, "text")


# -- Tables -----------------------------------------------------------------------------------------------------------

PART = re.compile(r"<(thead|tbody|tfoot|tr|td|th)(?=[\s>])([^>]*)")
ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}


def _with_role(part: re.Match[str]) -> str:
    tag, attributes = part.groups()
    if " role=" in attributes:
        return part.group()
    heading = "rowheader" if 'scope="row"' in attributes else "columnheader"
    return f'<{tag} role="{ROLES.get(tag, heading)}"{attributes}'


@register.simple_block_tag
def table(content: str, caption: str, css: str = "", seen: bool = False, id: str = "") -> SafeString:
    """A table whose rows may stack on small screens: every part gets its role, which `display` would take away.

    css: fixed, still, roomy, values, lanes. seen: the caption is shown, not only heard.
    """
    html = '<table class="data {}" role="table"{}><caption class="{}">{}</caption>{}</table>'
    named = format_html(' id="{}"', id) if id else ""
    parts = mark_safe(PART.sub(_with_role, conditional_escape(content)))  # noqa: S308 - a rendered block
    return format_html(html, css, named, "" if seen else "unseen", caption, parts)
