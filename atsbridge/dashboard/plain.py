"""Providers' HTML as plain text: what they send is shown, never run."""

import html
import re

UNSEEN = re.compile(r"<(script|style|template)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
BREAKS = re.compile(r"<(br|/?p|/?div|/?h[1-6]|/?ul|/?ol|/?tr|/?table|/?blockquote)\b[^<>]*>", re.IGNORECASE)
ITEMS = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
TAGS = re.compile(r"</?[a-z][^<>]*>|<!--.*?(-->|$)", re.IGNORECASE | re.DOTALL)
GAPS = re.compile(r"\n{3,}")


def text(markup: str) -> str:
    """The words of a text that may be HTML, paragraphs kept apart; a lone `<` stays."""
    if "<" in markup:
        markup = ITEMS.sub("\n• ", BREAKS.sub("\n", UNSEEN.sub("", markup)))
        markup = TAGS.sub("", markup)
    lines = (" ".join(line.split()) for line in html.unescape(markup).replace("\r", "").split("\n"))
    return GAPS.sub("\n\n", "\n".join(lines)).strip()
