"""Pipelines written to CATS: made, moved with or without what a status does by itself, ended, taken away."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.acting import REPEATABLE, Acting, Done, Look, Trigger, Write, Wrote
from connectors.cats import hal, known, readers, words
from connectors.cats.actions_made import ACTIVITIES, PIPELINES, Send, made, number, same
from connectors.cats.actions_papers import activity
from connectors.declarations import chosen
from connectors.errors import NotFound, Rejected
from connectors.http import Answer
from connectors.mapping import Row, as_id
from connectors.unified.actions import DeleteApplication, HireApplication, MoveApplication, RejectApplication
from connectors.unified.parts import Outcome
from connectors.values import answered, instant

type Choose = Callable[[list[Row]], Row]
"""One of a workflow's statuses."""
type Steps = list[tuple[datetime, Any]]
"""When a pipeline came to which status."""
DIFFER = timedelta(seconds=5)
"""How far the clocks within CATS may be apart."""
ALWAYS = datetime.min.replace(tzinfo=UTC)


def move(acting: Acting, given: MoveApplication) -> Done:
    """To a status of its workflow."""
    return _bring(acting, given, named(given.stage_id), given.expected_stage_id)


def hire(acting: Acting, given: HireApplication) -> Done:
    """To a status that means hired."""
    return _bring(acting, given, _meaning(acting, given.stage_id, Outcome.HIRED, "hired"))


def reject(acting: Acting, given: RejectApplication) -> Done:
    """To a status that means declined; a note about it is one about the job."""
    done = _bring(acting, given, _meaning(acting, given.stage_id, Outcome.DECLINED, "declined"))
    if not given.note:
        return done
    pipeline = acting.recall("pipeline", lambda: of(acting, given.application_id))
    note = activity(acting.also, acting, "note", pipeline["candidate"], pipeline["job"], given.note)
    return Done(done.id, (*done.touched, *(((ACTIVITIES, note),) if note else ())), done.shows)


def delete(acting: Acting, given: DeleteApplication) -> Done:
    """The pipeline; the person stays."""
    acting.once("delete", Write("DELETE", f"{PIPELINES}/{given.application_id}"), lost=REPEATABLE)
    return Done(given.application_id, ((PIPELINES, given.application_id),), gone=True)


def triggers(beside: Mapping[str, Any]) -> dict[str, tuple[Trigger, ...]]:
    """What each status does by itself."""
    statuses = [row for path, rows in beside.items() if path.startswith(f"{known.WORKFLOWS}/") for row in rows]
    return {
        as_id(status.get("id")) or "": tuple(
            Trigger(as_id(each["id"]) or "", _called(each), bool(each.get("is_required"))) for each in _triggers(status)
        )
        for status in statuses
    }


def of(acting: Acting, pipeline: str) -> dict[str, str | None]:
    """Whose pipeline it is, and for which job."""
    row = acting.connector.talk.get(f"{PIPELINES}/{pipeline}").data
    return {"candidate": as_id(row.get("candidate_id")), "job": as_id(row.get("job_id"))}


# Making one


def place(acting: Acting, job: str, stage: str | None) -> Row | None:
    """The status to go on to in a job's workflow, none where people begin there; raises Rejected where there is no such
    job or status."""
    try:
        row = acting.connector.talk.get(f"jobs/{job}").data
    except NotFound as gone:
        raise Rejected(f"CATS has no job {job}") from gone
    if not stage:
        return None
    statuses = _statuses(acting, _workflow(acting, row))
    found = named(stage)(statuses)
    return None if found is statuses[0] else found


def apply(send: Send, acting: Acting, candidate: str, job: str) -> str:
    """A person on a job, who is not there yet; the pipeline's id, "" where it failed."""
    body = {"candidate_id": number(candidate), "job_id": number(job)}
    write = Write("POST", PIPELINES, body=body)
    return made(send, acting, "application", write, lambda: _there(acting, candidate, job))


def begin(acting: Acting, pipeline: str, status: Row) -> None:
    """Bring a new pipeline to the status that was asked for."""
    arrived = _arrival(acting, pipeline, status, before=None, since=(ALWAYS, ALWAYS))
    acting.also("stage", _change(acting, pipeline, status, ()), lost=arrived)


def refuse_second(acting: Acting, candidate: str, job: str) -> None:
    """Raise Rejected where a person is on a job already."""
    there = _there(acting, candidate, job)
    if there:
        raise Rejected(f"Candidate {candidate} is considered for this job already: application {there.id}")


def _there(acting: Acting, candidate: str, job: str) -> Wrote | None:
    pair = {"candidate_id": number(candidate), "job_id": number(job)}
    filters = [{"field": name, "filter": "exactly", "value": value} for name, value in pair.items()]
    answer = acting.connector.talk.read(
        "POST", f"{PIPELINES}/search", params=hal.PAGES.first({}), body={"and": filters}
    )
    return next((Wrote(as_id(row.get("id")) or "") for row in hal.rows(answer.data, PIPELINES)), None)


# Moving one


def named(stage: str | None) -> Choose:
    """The status of this id; raises Rejected where the workflow has none."""

    def choose(statuses: list[Row]) -> Row:
        found = next((status for status in statuses if same(status["id"], stage)), None)
        if found is None:
            raise Rejected(f"Its job's workflow has no status {stage}. It has: {_titles(statuses)}")
        return found

    return choose


def _meaning(acting: Acting, stage: str | None, outcome: Outcome, word: str) -> Choose:
    """The status of this id, else the first one with this meaning, by what people say of it or by its own words."""

    def means(status: Row) -> str:
        said = chosen(acting.beside, known.OUTCOMES.slug, as_id(status["id"]))
        return said or words.outcome(status.get("mapping"), status.get("title"))

    def choose(statuses: list[Row]) -> Row:
        found = next((status for status in statuses if means(status) == outcome), None)
        if found is None:
            raise Rejected(f"No status of its job's workflow means {word}: say which. It has: {_titles(statuses)}")
        return found

    return named(stage) if stage else choose


def _bring(
    acting: Acting,
    given: MoveApplication | HireApplication | RejectApplication,
    choose: Choose,
    expected: str | None = None,
) -> Done:
    pipeline = given.application_id
    way = acting.recall("way", lambda: _way(acting, pipeline, choose, expected))
    status = way["to"]
    done = Done(pipeline, ((PIPELINES, pipeline),), {"the status": ("status_id", status["id"])})
    if not same(way["from"], status["id"]):
        write = _change(acting, pipeline, status, given.triggers)
        since = [instant(each) or ALWAYS for each in way["since"]]
        lost = _arrival(acting, pipeline, status, before=way["from"], since=(since[0], since[1]))
        acting.once("move", write, lost=lost)
    return done


def _way(acting: Acting, pipeline: str, choose: Choose, expected: str | None) -> Mapping[str, Any]:
    """Where a pipeline stands, as of when, and where it is to go; raises Rejected where it stands elsewhere than
    believed."""
    answer = acting.connector.talk.get(f"{PIPELINES}/{pipeline}")
    row = answer.data
    statuses = _statuses(acting, as_id(row.get("workflow_id")) or _workflow_of(acting, row["job_id"]))
    now = row.get("status_id")
    if expected and not same(expected, now):
        title = next((status.get("title") for status in statuses if same(status["id"], now)), now)
        raise Rejected(f"It is in {title} by now, and was not moved")
    since = [each.isoformat() for each in _as_of(acting, pipeline, answer)]
    return {"from": now, "since": since, "to": choose(statuses)}


def _as_of(acting: Acting, pipeline: str, answer: Answer) -> tuple[datetime, datetime]:
    """Between which instants of CATS's own clock a pipeline was looked at: by the answer's date, else by the last step
    of its history, for its own date may not tell."""
    now = answered(answer.headers)
    if now:
        return now - DIFFER, now + DIFFER
    came = max((when for when, _ in _history(acting, pipeline)), default=ALWAYS)
    return came, came


def _slim(status: Row) -> Row:
    return {name: status.get(name) for name in ("id", "title", "mapping", "triggers")}


def _workflow(acting: Acting, job: Row) -> str | None:
    """A job's workflow; the default one for a job that names none."""
    own = as_id(job.get("pipeline_workflow_id")) or as_id(job.get("workflow_id"))
    if own:
        return own
    return known.workflow_of({known.WORKFLOWS: hal.every(acting.connector.talk, known.WORKFLOWS, "workflows")}, job)


def _workflow_of(acting: Acting, job: Any) -> str | None:
    def read() -> str | None:
        return _workflow(acting, acting.connector.talk.get(f"jobs/{job}").data)

    found: str | None = acting.common(f"the workflow of job {job}", read)
    return found


def _statuses(acting: Acting, workflow: str | None) -> list[Row]:
    path = known.statuses_path(workflow)

    def read() -> list[Row]:
        return [_slim(row) for row in hal.every(acting.connector.talk, path, "statuses")]

    found: list[Row] = acting.common(path, read)
    return found


def _change(acting: Acting, pipeline: str, status: Row, chosen: Sequence[str]) -> Write:
    """A change of status that names each of its triggers, for one that is not named would fire by default."""
    fires = _fires(acting, status, chosen)
    anyway = [each for each in _triggers(status) if each.get("is_required") and not fires[as_id(each["id"])]]
    for each in anyway:
        acting.warn(f"CATS does this with the move, asked or not: {_called(each)}")
    told = [{"id": number(trigger), "fire": fire} for trigger, fire in fires.items()]
    does = [_called(each) for each in _triggers(status) if fires[as_id(each["id"])] or each in anyway]
    body = {"status_id": number(status["id"]), "triggers": told}
    return Write("POST", f"{PIPELINES}/{pipeline}/status", body=body, says="; ".join(does))


def _fires(acting: Acting, status: Row, chosen: Sequence[str]) -> dict[str | None, bool]:
    """Each trigger's id, and whether it is asked for; raises Rejected where one is that the status has not."""
    triggers = {as_id(each["id"]): each for each in _triggers(status)}
    unknown = [each for each in chosen if each not in triggers]
    if unknown:
        has = ", ".join(f"{key} ({_called(each)})" for key, each in triggers.items()) or "none"
        raise Rejected(f"{status.get('title')} has no trigger {', '.join(unknown)}. It has: {has}")
    by_default = acting.machine and not chosen and acting.settings["triggers"] == "defaults"
    return {key: key in chosen or (by_default and bool(each.get("is_default"))) for key, each in triggers.items()}


def _triggers(status: Row) -> list[Row]:
    return [each for each in status.get("triggers") or () if isinstance(each, dict) and as_id(each.get("id"))]


def _called(trigger: Row) -> str:
    return str(trigger.get("description") or trigger["id"])


def _arrival(acting: Acting, pipeline: str, status: Row, *, before: Any, since: tuple[datetime, datetime]) -> Look:
    """Look whether a pipeline is in a status, or has been since: firing its triggers twice would be worse. Raises
    Rejected where it neither was nor stands where it stood."""

    def look() -> Wrote | None:
        now = acting.connector.talk.get(f"{PIPELINES}/{pipeline}").data.get("status_id")
        if same(now, status["id"]) or _has_been(_history(acting, pipeline), status["id"], before, since):
            return Wrote(pipeline)
        if before is None or same(now, before):
            return None
        raise Rejected("it stands in another status by now, without having been there")

    return look


def _has_been(history: Steps, status: Any, before: Any, since: tuple[datetime, datetime]) -> bool:
    """Whether a pipeline that stood in one status has come to another since. Where the clocks may differ, it has unless
    it came back to the first one: that may have been before. Raises Rejected where that is all that can be told."""
    after, latest = since
    visits = [when for when, each in history if when > after and same(each, status)]
    backs = [when for when, each in history if when <= latest and before is not None and same(each, before)]
    if visits and all(visit <= latest and any(back >= visit for back in backs) for visit in visits):
        raise Rejected("it went to and fro within seconds, so nothing tells by whom")
    return bool(visits)


def _history(acting: Acting, pipeline: str) -> Steps:
    return readers.steps(hal.every(acting.connector.talk, f"{PIPELINES}/{pipeline}/statuses", "statuses"))


def _titles(statuses: list[Row]) -> str:
    return ", ".join(f"{status.get('title')} ({status['id']})" for status in statuses) or "none"
