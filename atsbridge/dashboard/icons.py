"""Icons: heroicons, and the bridge that is ours. A page draws each once as a symbol and refers to it."""

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_micro, heroicon_outline

BRIDGE = mark_safe(
    '<path d="M1.5 12h13M2.5 12a5.5 5.5 0 0 1 11 0M8 6.5V12M5.25 7.5V12M10.75 7.5V12" fill="none" stroke="currentColor"'
    ' stroke-width="1.4" stroke-linecap="round"/>'
)


@cache
def drawing(name: str) -> tuple[str, SafeString]:
    """The view box and the shapes of an icon: `check` is of the 16 px set, `o-home` of the 24 px outlines."""
    if name == "bridge":
        return "0 0 16 16", BRIDGE
    outlined = name.startswith("o-")
    svg = heroicon_outline(name.removeprefix("o-")) if outlined else heroicon_micro(name)
    shapes = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    lines = "".join(line.strip() for line in shapes.splitlines()).replace(" />", "/>")
    return ("0 0 24 24" if outlined else "0 0 16 16"), mark_safe(lines)  # noqa: S308 - the package's own drawing


@cache
def symbol(name: str) -> SafeString:
    """One icon as a symbol of the page's sheet."""
    box, shapes = drawing(name)
    return format_html('<symbol id="i-{}" viewBox="{}">{}</symbol>', name, box, shapes)


def reference(name: str, css: str, label: str) -> SafeString:
    """An icon whose symbol stands elsewhere in the page."""
    return format_html('<svg class="{}"{}><use href="#i-{}"/></svg>', css, _heard(label), name)


def whole(name: str, css: str, label: str) -> SafeString:
    """An icon that brings its own shapes, for a fragment: the page that it lands in may not have the symbol."""
    box, shapes = drawing(name)
    return format_html('<svg class="{}"{} viewBox="{}">{}</svg>', css, _heard(label), box, shapes)


def _heard(label: str) -> SafeString:
    return format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"')
