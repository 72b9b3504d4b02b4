"""Every page of the dashboard, found by following links from the overview and by walking the list of URLs."""

import re
from collections import defaultdict
from urllib.parse import urljoin, urlsplit

from django.urls import get_resolver, resolve
from django.urls.resolvers import URLPattern, URLResolver
from playwright.sync_api import APIRequestContext

POSTED = {
    "action_decide",
    "batch_decide",
    "pipeline_batch",
    "connection_pause",
    "connection_question",
    "connection_resume",
    "connection_sync",
    "connection_take",
    "connection_test",
    "invitation_withdraw",
    "invite",
    "key_create",
    "person_role",
    "pipeline_move",
    "source",
}
"""Names of addresses that only take what is posted."""

ELSEWHERE = {
    "home": "a redirect to where somebody may look",
    "account_inactive": "nobody can be made inactive in a page",
    "account_set_password": "a redirect for whoever has a password",
    "account_reauthenticate": "a redirect for whoever has signed in just now",
    "account_reset_password_from_key": "walked with a mailed link",
    "account_reset_password_from_key_done": "walked with a mailed link",
    "account_login": "walked signed out",
    "account_logout": "walked by its address",
    "search": "walked by its address",
    "account_signup": "walked signed out",
    "account_reset_password": "walked signed out",
    "account_reset_password_done": "walked signed out",
    "invitation": "walked signed out",
    "support": "walked as support staff",
    "connection_relink": "walked from the connection's page",
    "attempt": "walked while linking",
    "attempt_name": "walked while linking",
    "action_plan": "a fragment of a form",
    "batch": "walked after cards were chosen",
    "pipeline_moves": "a fragment of the board",
    "action": "walked after something was asked for",
}
"""Names of pages that no link from the overview leads to, with what is done about them."""


def names() -> set[str]:
    """Every name of an address that people go to; machines' have their own tests."""
    return set(_names(get_resolver("atsbridge.urls").url_patterns))


def _names(patterns: list[URLPattern | URLResolver]) -> list[str]:
    found: list[str] = []
    for each in patterns:
        if isinstance(each, URLResolver):
            found += _names(each.url_patterns)
        elif not each.lookup_str.startswith("atsbridge.api"):
            found.append(each.name or each.lookup_str)
    return found


def crawl(request: APIRequestContext, address: str, first: str) -> dict[str, list[str]]:
    """Follow every link from a page. Returns name (and model) → up to two of its paths; each answered 200."""
    found: dict[str, list[str]] = defaultdict(list)
    waiting, seen = [first], {first}
    while waiting:
        path = waiting.pop(0)
        answer = request.get(path)
        assert answer.status == 200, f"{path} answers {answer.status}"
        found[_kind(path)].append(path)
        for link in re.findall(r'<a [^>]*href="([^"]+)"', answer.text()):
            to = urlsplit(urljoin(address + path, link.replace("&amp;", "&")))
            target = to.path + (f"?{to.query}" if to.query else "")
            if f"{to.scheme}://{to.netloc}" != address or target in seen or "raw=" in target:
                continue
            seen.add(target)
            kind = _kind(target)
            if len(found[kind]) + sum(_kind(each) == kind for each in waiting) < 2:
                waiting.append(target)
    return found


def _kind(path: str) -> str:
    match = resolve(urlsplit(path).path)
    return f"{match.url_name} {match.kwargs.get('plural', '')}".strip()
