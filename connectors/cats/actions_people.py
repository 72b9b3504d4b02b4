"""People written to CATS: made once it is clear that they are not known yet, and taken away."""

from typing import Any

from connectors.acting import BLIND, REPEATABLE, Acting, Done, Lost, Write, Wrote
from connectors.cats import actions_fields as fields
from connectors.cats import actions_papers as papers
from connectors.cats import actions_stages as stages
from connectors.cats import hal
from connectors.cats.actions_made import ACTIVITIES, CANDIDATES, PIPELINES, made, number
from connectors.cats.actions_person import introduced, shown
from connectors.errors import NotFound, Rejected, ScopeMissing
from connectors.mapping import Row, as_id
from connectors.paths import at
from connectors.unified.actions import ApplyCandidate, CreateApplication, CreateCandidate, DeleteCandidate
from connectors.values import text

type Created = CreateCandidate | CreateApplication


def create_candidate(acting: Acting, given: CreateCandidate) -> Done:
    """A person whom CATS does not know, and an application of theirs."""
    if given.stage_id and not given.job_id:
        raise Rejected("Only who applies for a job can be in a stage")
    stage = _prepared(acting, given)
    twins = acting.recall("twins", lambda: _twins(acting, given))
    if twins and not given.allow_duplicate:
        raise Rejected(f"CATS knows {_named(twins)} under this address")
    person, shows = _make(acting, given, twins, check=not given.allow_duplicate)
    applied = stages.apply(acting.also, acting, person, given.job_id) if given.job_id else ""
    touched = [(CANDIDATES, person), *_furnish(acting, given, person, applied, stage)]
    return Done(person, tuple(touched), shows)


def create_application(acting: Acting, given: CreateApplication) -> Done:
    """An application of whoever has the address, unchanged, else of somebody new."""
    stage = _prepared(acting, given)
    twins = acting.recall("twins", lambda: _twins(acting, given))
    person, shows = "", dict[str, Any]()
    if twins:
        person = _free(acting, twins[0]["id"], given.job_id)
        acting.warn(f"CATS knows {_named(twins[:1])} under this address: nothing of the person was changed")
    else:
        person, shows = _make(acting, given, twins, check=True)
    applied = _applied(acting, person, given.job_id, known=bool(twins))
    touched = [(CANDIDATES, person), *_furnish(acting, given, person, applied, stage, known=bool(twins))]
    return Done(applied, tuple(touched), shows, incomplete=not applied)


def apply(acting: Acting, given: ApplyCandidate) -> Done:
    """An application of somebody who is known, and is not changed."""
    stage = _prepared(acting, given)
    person = _free(acting, given.candidate_id, given.job_id)
    applied = stages.apply(acting.once, acting, person, given.job_id)
    return Done(applied, ((CANDIDATES, person), *_furnish(acting, given, person, applied, stage, known=True)))


def _free(acting: Acting, person: str, job: str) -> str:
    """Somebody known, who is not on the job yet; else raises Rejected."""
    acting.recall("applied", lambda: stages.refuse_second(acting, person, job))
    return person


def _applied(acting: Acting, person: str, job: str, *, known: bool) -> str:
    """The person's application; "" where CATS refuses it to somebody whom this very action has made."""
    try:
        return stages.apply(acting.once, acting, person, job)
    except (Rejected, NotFound, ScopeMissing) as refused:
        if known:
            raise
        acting.warn(f"Candidate {person} was created, the application was not: {refused.message}")
        return ""


def delete(acting: Acting, given: DeleteCandidate) -> Done:
    """The person, with pipelines, activities and files."""
    person = given.candidate_id
    path = f"{CANDIDATES}/{person}"
    rows = acting.recall("pipelines", lambda: _ids(hal.every(acting.connector.talk, f"{path}/pipelines", PIPELINES)))
    acting.once("delete", Write("DELETE", path), lost=REPEATABLE)
    return Done(person, ((CANDIDATES, person), *((PIPELINES, pipeline) for pipeline in rows)), gone=True)


def _prepared(acting: Acting, given: Created | ApplyCandidate) -> Row | None:
    """The status to go on to; raises Rejected where there is none such, before anything is written."""
    job = given.job_id
    found: Row | None = acting.recall(
        "stage wanted", lambda: stages.place(acting, job, given.stage_id) if job else None
    )
    return found


def _make(acting: Acting, given: Created, twins: list[Row], *, check: bool) -> tuple[str, dict[str, Any]]:
    """Somebody new, and where it must show; CATS itself is asked to refuse who is known."""
    custom = acting.recall("fields", lambda: fields.resolved(acting, given.custom_fields))
    body = introduced(acting, given)
    if custom:
        body["custom_fields"] = [{"id": number(field), "value": value} for field, value in custom.items()]
    write = Write("POST", CANDIDATES, {"check_duplicate": "true"} if check else {}, body=body)
    return made(acting.once, acting, "person", write, _arrival(acting, given, twins)), shown(body)


def _furnish(
    acting: Acting,
    given: Created | ApplyCandidate,
    person: str,
    applied: str,
    stage: Row | None,
    *,
    known: bool = False,
) -> list[tuple[str, str]]:
    """What comes after: status, tags of somebody new, files, answers; and the rows that it touched."""
    if applied and stage:
        stages.begin(acting, applied, stage)
    wanted = [] if known or isinstance(given, ApplyCandidate) else given.tags
    numbers = acting.recall("tags wanted", lambda: papers.tags(acting, wanted)) if wanted else []
    if numbers:
        papers.add_tags(acting.also, acting, person, numbers)
    papers.attach(acting, person, given.attachments, known=known)
    said = "\n\n".join(f"{reply.question}\n{_answer(reply.answer)}" for reply in given.answers)
    note = papers.activity(acting.also, acting, "answers", person, given.job_id, said) if said else ""
    rows = ((PIPELINES, applied), (ACTIVITIES, note))
    return [(resource, row) for resource, row in rows if row]


def _answer(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "Yes", False: "No", None: "–"}[value]
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _twins(acting: Acting, given: Created) -> list[Row]:
    """Who has the main address already: id and name."""
    wanted = given.email_addresses[0].email_address.strip() if given.email_addresses else ""
    if not wanted:
        return []
    spellings = dict.fromkeys((wanted, wanted.lower()))
    filters = [
        {"field": f"emails.{place}", "filter": "exactly", "value": each}
        for place in ("primary", "secondary")
        for each in spellings
    ]
    found = hal.matching(acting.connector.talk, CANDIDATES, {"or": filters})
    rows = (row for row in found if wanted.casefold() in _addresses(row))
    return [{"id": as_id(row.get("id")), "name": _name(row)} for row in rows]


def _addresses(row: Row) -> set[str]:
    """All addresses of a person, in small letters."""
    summary = [at(row, f"emails.{place}") for place in ("primary", "secondary")]
    return {str(each).casefold() for each in (*summary, *(at(row, "_embedded.emails[].email") or ())) if each}


def _arrival(acting: Acting, given: Created, twins: list[Row]) -> Lost:
    """Look for somebody with the address who was not there before; without an address nothing tells."""
    if not given.email_addresses:
        return BLIND
    before = {twin["id"] for twin in twins}

    def look() -> Wrote | None:
        return next((Wrote(row["id"]) for row in _twins(acting, given) if row["id"] not in before), None)

    return look


def _name(row: Row) -> str:
    return " ".join(filter(None, (text(row.get("first_name")), text(row.get("last_name")))))


def _named(twins: list[Row]) -> str:
    return ", ".join(f"{twin['name']} (candidate {twin['id']})" for twin in twins)


def _ids(rows: list[Row]) -> list[str]:
    return [number_ for row in rows if (number_ := as_id(row.get("id")))]
