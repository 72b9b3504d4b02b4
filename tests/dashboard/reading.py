"""Pages as people read them: tables, links and words, without the markup around them."""

import html
import re
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

UNSEEN = re.compile(r'<span class="unseen">.*?</span>|<(symbol|script|style|template)\b.*?</\1>', re.DOTALL)
HTMX = {"HX-Request": "true"}


def content(page: Any) -> str:
    """A page's HTML; it has to be there."""
    assert page.status_code == 200, page.status_code
    found: str = page.content.decode()
    return found


def text(markup: str) -> str:
    """The words of some HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", UNSEEN.sub("", markup))).split())


def inner(page: Any, id_: str) -> str:
    """The HTML from an element's beginning to the first end of its kind."""
    found = re.search(rf'<(\w+)[^>]*\bid="{re.escape(id_)}".*?</\1>', content(page), re.DOTALL)
    assert found, f"there is no #{id_}"
    return found.group()


def table(page: Any, caption: str) -> list[list[str]]:
    """A table's rows as words, its head first."""
    for found in re.findall(r"<table.*?</table>", content(page), re.DOTALL):
        said = re.search(r"<caption.*?</caption>", found, re.DOTALL)
        if said and text(said.group()) == caption:
            rows = re.findall(r"<tr\b.*?</tr>", found, re.DOTALL)
            return [
                [text(cell) for _, cell in re.findall(r"<(t[hd])\b[^>]*>(.*?)</\1>", each, re.DOTALL)] for each in rows
            ]
    raise AssertionError(f"there is no table “{caption}”")


def links(markup: str) -> dict[str, str]:
    """Words → address of every link."""
    found = re.findall(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', markup, re.DOTALL)
    return {text(words): html.unescape(address) for address, words in found}


def queries(browser: Any, address: str) -> list[str]:
    """The queries that a page costs, once it is warm."""
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        content(browser.get(address))
    return [query["sql"] for query in captured.captured_queries]
