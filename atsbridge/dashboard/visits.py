"""The pages that support staff looked at, in words: "the candidate Ada Lovelace" instead of an address."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import Resolver404, ResolverMatch, resolve

from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from connectors.unified import BY_PLURAL

PAGES = {
    "overview": "the overview",
    "connections": "the connections",
    "connection": "the connection",
    "connection_syncs": "the syncs of",
    "connection_aside": "the rows set aside of",
    "connection_coverage": "the coverage of",
    "connection_permissions": "the permissions of",
    "activity": "the activity",
    "runs": "the sync runs",
    "run": "a sync run",
    "records": "the list of",
    "record": "the",
    "pipelines": "the pipelines",
    "pipeline": "the pipeline of",
    "coverage": "the coverage",
    "keys": "the API keys",
    "people": "the people",
    "audit": "the audit trail",
    "search": "a search",
}
"""Name of an address → what its page is; some go on with a name."""


def in_words(pages: Iterable[str]) -> dict[str, str]:
    """Page → words. It costs two queries, however many pages there are."""
    matches = {page: match for page in pages if (match := _match(page))}
    ids = {each for match in matches.values() for each in match.kwargs.values() if isinstance(each, UUID)}
    names: dict[UUID, str] = dict(Record.objects.filter(pk__in=ids).values_list("pk", "title"))
    names |= dict(Connection.objects.filter(pk__in=ids).values_list("pk", "label"))
    return {page: _words(match, names) for page, match in matches.items()}


def _match(page: str) -> ResolverMatch | None:
    try:
        match = resolve(page)
    except Resolver404:
        return None
    return match if match.url_name in PAGES else None


def _words(match: ResolverMatch, names: dict[UUID, str]) -> str:
    plural = match.kwargs.get("plural", "")
    model = BY_PLURAL[plural].slug.replace("_", " ") if match.url_name == "record" and plural in BY_PLURAL else ""
    name = next((names[each] for each in match.kwargs.values() if each in names), "")
    listed = plural.replace("_", " ") if match.url_name == "records" else ""
    return " ".join(filter(None, (PAGES[str(match.url_name)], model, listed, name)))
