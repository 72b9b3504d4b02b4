"""Notes, results, files and tags written to CATS, all of them on the person."""

from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.acting import MEGABYTE, REPEATABLE, Acting, Done, Files, Look, Write, Wrote
from connectors.cats import hal, readers
from connectors.cats.actions_fields import definitions, figure
from connectors.cats.actions_made import ACTIVITIES, CANDIDATES, PIPELINES, Send, made, markup, number, same
from connectors.errors import Rejected
from connectors.mapping import Row, as_id
from connectors.unified.actions import AddAttachment, AddNote, AddResultLink, AddTag, File, RemoveTag
from connectors.unified.parts import FileType
from connectors.values import text
from connectors.wording import free, result

FILES = Files(25 * MEGABYTE, 25 * MEGABYTE, ("image/jpeg", "image/png", "image/gif"))
"""CATS publishes no limits: this is where we stop."""
SECONDS = 600
"""How many seconds from now on are looked at for one that no activity of the person has."""


# Notes


def note(acting: Acting, given: AddNote) -> Done:
    """An activity of the kind `other`; one about an application regards its job."""
    whose = _whose(acting, given)
    identity = activity(acting.once, acting, "note", whose["candidate"], whose["job"], given.content, given.created_at)
    return Done(identity, ((ACTIVITIES, identity),), {"the note": ("notes", markup(given.content))})


def result_link(acting: Acting, given: AddResultLink) -> Done:
    """An activity that regards the job; figures also fill the fields that are titled after them."""
    whose = _whose(acting, given)
    said = result(given, acting.settings["result_wording"])
    identity = activity(acting.once, acting, "note", whose["candidate"], whose["job"], said)
    fields = acting.recall("fields", lambda: _figures(acting, given))
    for field, value in fields.items():
        path = f"{CANDIDATES}/{whose['candidate']}/custom_fields/{field}"
        acting.also(f"field {field}", Write("PUT", path, body={"value": value}), lost=REPEATABLE)
    touched = ((ACTIVITIES, identity), *(((CANDIDATES, whose["candidate"]),) if fields else ()))
    return Done(identity, touched, {"the note": ("notes", markup(said))})


def activity(
    send: Send, acting: Acting, step: str, candidate: str, job: str | None, said: str, at: datetime | None = None
) -> str:
    """An activity on a second, from `at` or now on, that no other one of the person has: it is found again by that; ""
    where it failed."""
    date = acting.recall(f"{step}, date", lambda: _free_second(acting, candidate, at or datetime.now(UTC)))
    regarding = {"regarding_id": number(job)} if job else {}
    body = {"type": "other", "notes": markup(said), "date": date, **regarding}
    write = Write("POST", f"{CANDIDATES}/{candidate}/activities", body=body)

    def look() -> Wrote | None:
        rows = _activities(acting, candidate, date, date)
        mine = (row for row in rows if row.get("type") == "other" and same(row.get("regarding_id"), job))
        return next((Wrote(as_id(row.get("id")) or "") for row in mine), None)

    return made(send, acting, step, write, look)


def _free_second(acting: Acting, candidate: str, at: datetime) -> str:
    first = at.astimezone(UTC).replace(microsecond=0)
    seconds = [first + timedelta(seconds=n) for n in range(SECONDS)]
    rows = _activities(acting, candidate, seconds[0].isoformat(), seconds[-1].isoformat())
    taken = {readers.first_instant(row.get("date")) for row in rows}
    return next((second for second in seconds if second not in taken), first).isoformat()


def _activities(acting: Acting, candidate: str, first: str, last: str) -> list[Row]:
    """A person's activities of some seconds."""
    filters = [
        {"field": "data_item.id", "filter": "exactly", "value": number(candidate)},
        {"field": "date", "filter": "between", "value": {"gte": first, "lte": last}},
    ]
    rows = hal.matching(acting.connector.talk, ACTIVITIES, {"and": filters})
    return [row for row in rows if first <= _utc(row.get("date")) <= last]


def _utc(date: Any) -> str:
    found = readers.first_instant(date)
    return found.replace(microsecond=0).isoformat() if found else ""


def _figures(acting: Acting, given: AddResultLink) -> dict[str, Any]:
    """The fields whose titles are prefix and key of a figure, by id, with its value; one of another kind is warned
    of."""
    known = definitions(acting) if given.attributes else {}
    found: dict[str, Any] = {}
    for each in given.attributes:
        definition = known.get(f"{given.prefix}{each.key}".casefold())
        if definition is None:
            continue
        try:
            found[str(definition["id"])] = figure(definition, each.value)
        except Rejected as refused:
            acting.warn(refused.message)
    return found


def _whose(acting: Acting, given: AddNote | AddResultLink | AddAttachment) -> dict[str, str]:
    """The candidate, and the job where it is about an application: which of both a pipeline joins never changes."""
    application = given.application_id
    if not application:
        return {"candidate": getattr(given, "candidate_id", None) or "", "job": ""}

    def read() -> dict[str, str]:
        known = acting.record("application", application)
        if known.get("candidate_id") and known.get("job_id"):
            return {"candidate": known["candidate_id"], "job": known["job_id"]}
        row = acting.connector.talk.get(f"{PIPELINES}/{application}").data
        return {"candidate": as_id(row.get("candidate_id")) or "", "job": as_id(row.get("job_id")) or ""}

    found: dict[str, str] = acting.recall("whose", read)
    return found


# Files


def file(acting: Acting, given: AddAttachment) -> Done:
    """A file of the person, as a résumé where it is one; a picture is a file that is then shown as the picture."""
    person = _whose(acting, given)["candidate"]
    named = free(given.file, acting.recall("names", lambda: _names(acting, person)))
    identity = made(acting.once, acting, "file", _upload(person, named), _arrival(acting, person, named))
    if given.photo:
        picture = {"source": "attachment", "attachment_id": number(identity)}
        acting.once("picture", Write("PUT", f"{CANDIDATES}/{person}/thumbnail", body=picture), lost=REPEATABLE)
    shows = {f"the file {named.name}": ("_embedded.attachments[].filename", [named.name])}
    return Done(identity, ((CANDIDATES, person),), shows)


def attach(acting: Acting, person: str, files: list[File], *, known: bool) -> None:
    """The files that came with an application, one call each; somebody new has none."""
    taken = acting.recall("names", lambda: _names(acting, person)) if files and known else []
    for count, each in enumerate(files, 1):
        named = free(each, taken)
        taken = [*taken, named.name]
        acting.also(f"file {count}", _upload(person, named), lost=_arrival(acting, person, named))


def _upload(person: str, given: File) -> Write:
    kind = "resumes" if given.type == FileType.CV else "attachments"
    return Write("POST", f"{CANDIDATES}/{person}/{kind}", {"filename": given.name}, file=given)


def _arrival(acting: Acting, person: str, given: File) -> Look:
    """Look for a file by its name, which was free."""

    def look() -> Wrote | None:
        rows = (row for row in _attachments(acting, person) if row.get("filename") == given.name)
        return next((Wrote(as_id(row.get("id")) or "") for row in rows), None)

    return look


def _names(acting: Acting, person: str) -> list[str]:
    return [str(row.get("filename")) for row in _attachments(acting, person)]


def _attachments(acting: Acting, person: str) -> list[Row]:
    return hal.every(acting.connector.talk, f"{CANDIDATES}/{person}/attachments", "attachments")


# Tags


def tag(acting: Acting, given: AddTag) -> Done:
    """A tag that the account has: CATS's API makes none."""
    found = acting.recall("tag wanted", lambda: _among(hal.every(acting.connector.talk, "tags", "tags"), [given.tag]))
    if not found:
        raise Rejected(f"CATS has no tag {given.tag}, and only people can make one, in CATS itself")
    add_tags(acting.once, acting, given.candidate_id, found[:1])
    shows = {"the tag": ("_embedded.tags[].id", found[:1])}
    return Done(given.candidate_id, ((CANDIDATES, given.candidate_id),), shows)


def add_tags(send: Send, acting: Acting, person: str, numbers: list[str]) -> None:
    """Add tags to those that a person carries; a POST would replace them."""
    body = {"tags": [{"id": number(each)} for each in numbers]}
    send("tags", Write("PUT", f"{CANDIDATES}/{person}/tags", body=body), lost=REPEATABLE)


def untag(acting: Acting, given: RemoveTag) -> Done:
    """A tag away, if the person carries it."""
    path = f"{CANDIDATES}/{given.candidate_id}/tags"
    carried = acting.recall("tag wanted", lambda: _among(hal.every(acting.connector.talk, path, "tags"), [given.tag]))
    for each in carried:
        acting.once("tag", Write("DELETE", f"{path}/{each}"), lost=REPEATABLE)
    return Done(given.candidate_id, ((CANDIDATES, given.candidate_id),))


def tags(acting: Acting, wanted: list[str]) -> list[str]:
    """The ids of tags, by name or id; those that the account has not are warned of."""
    rows = hal.every(acting.connector.talk, "tags", "tags")
    for each in wanted:
        if not _among(rows, [each]):
            acting.warn(f"CATS has no tag {each}")
    return _among(rows, wanted)


def _among(rows: list[Row], wanted: list[str]) -> list[str]:
    plain = {each.strip().casefold() for each in wanted}
    found = (row for row in rows if {as_id(row.get("id")), (text(row.get("title")) or "").casefold()} & plain)
    return [as_id(row.get("id")) or "" for row in found]
