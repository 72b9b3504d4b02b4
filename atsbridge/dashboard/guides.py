"""A connector's guide (how a customer gets the key) as HTML, each code block with a button that copies it."""

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from connectors.base import Connector


def guide(request: HttpRequest, connector: type[Connector]) -> SafeString:
    """The guide as HTML without its title, which the page says itself; "" where the connector has none."""
    path = Path(inspect.getfile(connector)).parent / "guide.md"
    if not path.exists():
        return SafeString("")
    tokens = MarkdownIt("commonmark", {"html": False}).parse(path.read_text(encoding="utf-8"))
    return mark_safe(_Renderer(request).whole(tokens))  # noqa: S308 - Markdown of our own, its HTML switched off


class _Renderer:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.markdown = MarkdownIt("commonmark", {"html": False})
        self.markdown.add_render_rule("fence", self._fence)

    def whole(self, tokens: list[Token]) -> str:
        kept = tokens[3:] if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1" else tokens
        for token in kept:
            for child in token.children or ():
                if child.type == "link_open":
                    child.attrSet("rel", "noreferrer")
                    child.attrSet("target", "_blank")
        return str(self.markdown.renderer.render(kept, self.markdown.options, {}))

    def _fence(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        name = f"guide-code-{index}"
        button = render_to_string("components/copy.html", {"source": name}, request=self.request)
        block = '<div class="copied-code"><pre class="body" id="{}" tabindex="0">{}</pre>{}</div>'
        return format_html(block, name, tokens[index].content.rstrip("\n"), button)
