"""Reading CATS's envelope: rows that vanish, embeds cut at 25, lists in pages. Links are never followed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.errors import NotFound
from connectors.http import Talk
from connectors.mapping import Row, as_id
from connectors.paging import ByLink, Params
from connectors.paths import at

PAGES = ByLink("page", size=("per_page", 100), link="_links.next", total="total")
"""`per_page` over 100 is not documented. The next link is relative, so it only says that there is a next page."""

SEARCH = "search"
"""The param that holds a search's filter, which travels in the body of a POST."""

EMBEDDED_AT_MOST = 25
CANDIDATE_PARTS = ("emails", "phones", "custom_fields", "work_history")


def between(first: int, last: int | None) -> Params:
    """Search the rows whose ids lie from one to another, or from one on."""
    if last is None:
        return {SEARCH: {"field": "id", "filter": "greater_than", "value": first - 1}}
    return {SEARCH: {"field": "id", "filter": "between", "value": {"gte": first, "lte": last}}}


def since(instant: datetime) -> Params:
    """Search the rows that changed after an instant."""
    return {SEARCH: {"field": "date_modified", "filter": "greater_than", "value": instant.isoformat()}}


def about(people: Sequence[str]) -> Params:
    """Search the activities of some people; those of jobs without any. Another kind of record may have the same id."""
    if not people:
        return {SEARCH: {"field": "data_item.type", "filter": "exactly", "value": "job"}}
    ids = [{"field": "data_item.id", "filter": "exactly", "value": int(number)} for number in people]
    return {SEARCH: {"or": ids}}


def rows(answer: Any, key: str) -> list[Row]:
    """The rows of a collection: none where `_embedded` is missing, the first list where the key is another one."""
    embedded = answer.get("_embedded") if isinstance(answer, dict) else None
    if not isinstance(embedded, dict):
        return []
    found = embedded.get(key)
    if not isinstance(found, list):
        found = next((value for value in embedded.values() if isinstance(value, list)), [])
    return [row for row in found if isinstance(row, dict)]


def part(answer: Any, key: str) -> list[Row] | None:
    """One embed of a record, None where the answer does not carry it."""
    found = at(answer, f"_embedded.{key}")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else None


def every(talk: Talk, path: str, key: str) -> list[Row]:
    """All rows of a list, page by page."""
    found: list[Row] = []
    params: Params | None = PAGES.first({})
    while params is not None:
        answer = talk.get(path, params).data
        page = rows(answer, key)
        found += page
        params = PAGES.next(params, answer, len(page))
    return found


def found(talk: Talk, path: str, remote_ids: Sequence[str]) -> list[Row]:
    """The rows of a list with these ids, at most a hundred, by one search."""
    filters = [{"field": "id", "filter": "exactly", "value": int(number)} for number in remote_ids]
    return matching(talk, path, {"or": filters})


def matching(talk: Talk, path: str, tree: Row) -> list[Row]:
    """The first hundred rows of a list that a tree of filters leaves over."""
    return rows(talk.read("POST", f"{path}/search", params=PAGES.first({}), body=tree).data, path)


def known(talk: Talk, path: str, key: str) -> list[Row]:
    """All rows of a list that an account may lack."""
    try:
        return every(talk, path, key)
    except NotFound:
        return []


def candidate(talk: Talk, row: Row) -> Row:
    """A candidate's row with each embed that CATS cut at 25 rows read in full."""
    return _filled(talk, row, {key: f"candidates/{row.get('id')}/{key}" for key in CANDIDATE_PARTS})


def job(talk: Talk, row: Row) -> Row:
    """A job's row with each embed that CATS cut at 25 rows read in full, the questions of its forms included."""
    paths = {key: f"jobs/{row.get('id')}/{key}" for key in ("custom_fields", "applications")}
    row = _filled(talk, row, paths)
    forms = part(row, "applications")
    if not forms:
        return row
    filled = [_filled(talk, form, {"fields": f"jobs/applications/{form.get('id')}/fields"}) for form in forms]
    return {**row, "_embedded": {**row["_embedded"], "applications": filled}}


def submitted(talk: Talk, pipeline: Row) -> Row:
    """The forms that a pipeline's person sent in for its job, with their fields; a person's forms name no pipeline."""
    path, job = f"candidates/{pipeline.get('candidate_id')}/applications", as_id(pipeline.get("job_id"))
    mine = [form for form in known(talk, path, "applications") if as_id(form.get("job_id")) == job]
    return {"_embedded": {"applications": [_whole(talk, form) for form in mine]}}


def _whole(talk: Talk, form: Row) -> Row:
    if part(form, "fields") is not None:
        return form
    try:
        found = talk.get(f"candidates/applications/{form.get('id')}").data
    except NotFound:
        return form
    return found if isinstance(found, dict) else form


def _filled(talk: Talk, row: Row, paths: dict[str, str]) -> Row:
    """Exactly 25 rows may be a cut; any other number is complete and costs no call."""
    cut = [key for key in paths if len(part(row, key) or ()) == EMBEDDED_AT_MOST]
    fuller = {key: found for key in cut if (found := known(talk, paths[key], key))}
    return {**row, "_embedded": {**row["_embedded"], **fuller}} if fuller else row
