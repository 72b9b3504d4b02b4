"""Stages of an application in Homerun: where it may go, where people are hired, and whether it arrived."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from connectors.acting import Acting, Done, Look, Write, Wrote
from connectors.errors import NotFound, Rejected
from connectors.homerun.readers import stage_id
from connectors.mapping import Row
from connectors.paths import at
from connectors.unified.actions import HireApplication, MoveApplication

ROWS = "job-applications"
type Choose = Callable[[str, list[Row]], Row]
"""One of a vacancy's stages, by the vacancy's id and all of them."""


def move(acting: Acting, given: MoveApplication) -> Done:
    """To a stage of its vacancy."""
    return _bring(acting, given.application_id, lambda _, stages: named(stages, given.stage_id), given)


def hire(acting: Acting, given: HireApplication) -> Done:
    """To the stage where those stand who were hired."""

    def choose(vacancy: str, stages: list[Row]) -> Row:
        return named(stages, given.stage_id) if given.stage_id else _hiring(acting, vacancy, stages)

    return _bring(acting, given.application_id, choose, given)


def of_vacancy(acting: Acting, vacancy: str) -> list[Row]:
    """A vacancy's stages; raises Rejected where it is not shown any more."""

    def read() -> list[Row]:
        try:
            answer = acting.connector.talk.get(f"vacancies/{vacancy}", {"include[]": ["stages"]})
        except NotFound as gone:
            raise Rejected("Homerun does not show its job any more, so its stages are not known") from gone
        return [stage for stage in at(answer.data, "data.stages") or [] if stage_id(stage)]

    found: list[Row] = acting.common(f"the stages of vacancy {vacancy}", read)
    return found


def named(stages: list[Row], stage: str) -> Row:
    """The stage of this id, or of this name where stages have no ids."""
    found = next((each for each in stages if stage in (stage_id(each), name_of(each))), None)
    if found is None:
        raise Rejected(f"Its job has no stage {stage}. It has: {_names(stages)}")
    return found


def is_new(stage: Row) -> bool:
    """Whether people begin there: Homerun moves nobody to it."""
    return _plain(name_of(stage)) == "new"


def change(application: str, stage: Row) -> Write:
    """The move to a stage, by name, and by id where it has one: accounts differ in which of them they ask for."""
    named_by = {key: stage[key] for key in ("id", "name") if stage.get(key)}
    return Write("PATCH", f"{ROWS}/{application}", body={"stage": named_by})


def arrival(acting: Acting, application: str, before: Any, stage: Row) -> Look:
    """Look whether an application has come to a stage; raises Rejected where it stands in a third one."""

    def look() -> Wrote | None:
        answer = acting.connector.talk.get(f"{ROWS}/{application}").data
        now = at(answer, "data.stage")
        if same(now, stage):
            return Wrote(application, answer)
        if same(now, before):
            return None
        raise Rejected("it stands in another stage by now")

    return look


def on_vacancy(acting: Acting, application: str, vacancy: str) -> Look:
    """Look whether somebody of the pool has come to a vacancy; raises Rejected where they are on a third one."""

    def look() -> Wrote | None:
        answer = acting.connector.talk.get(f"{ROWS}/{application}").data
        now = at(answer, "data.vacancy_id")
        if now in (None, vacancy):
            return Wrote(application, answer) if now else None
        raise Rejected("it is on another job by now")

    return look


def _bring(acting: Acting, application: str, choose: Choose, given: MoveApplication | HireApplication) -> Done:
    way = acting.recall("way", lambda: _way(acting, application, choose, getattr(given, "expected_stage_id", None)))
    before, stage = way["from"], way["to"]
    if is_new(stage):
        raise Rejected("Homerun moves nobody to New: people begin there")
    shows = {"the stage": ("stage.name", name_of(stage)), "the job": ("vacancy_id", way["job"])}
    touched = ((ROWS, application),)
    if same(before, stage):
        return Done(application, touched, shows)
    write = change(application, stage)
    wrote = acting.once("move", write, lost=arrival(acting, application, before, stage))
    if isinstance(given, HireApplication) and wrote.answer and not at(wrote.answer, "data.hired_at"):
        acting.warn(f"Homerun does not call somebody hired who stands in {name_of(stage)}")
    return Done(application, touched, shows, told=wrote)


def _way(acting: Acting, application: str, choose: Choose, expected: str | None) -> Mapping[str, Any]:
    """Where an application stands and where it is to go; raises Rejected where it stands elsewhere than believed."""
    row = at(acting.connector.talk.get(f"{ROWS}/{application}").data, "data")
    if not row.get("vacancy_id"):
        raise Rejected("This person is in the pool, where there are no stages")
    if expected and expected != stage_id(row.get("stage")):
        raise Rejected(f"It is in {name_of(row.get('stage'))} by now, and was not moved")
    job = row["vacancy_id"]
    return {"job": job, "from": row.get("stage"), "to": choose(job, of_vacancy(acting, job))}


def _hiring(acting: Acting, vacancy: str, stages: list[Row]) -> Row:
    """The stage of a vacancy where most of the hired stand, else the one called as where others stand, else Hired,
    which Homerun lets nobody delete; raises Rejected where there is none."""
    here = _hired(acting, {"filter[vacancy_id]": vacancy})
    names = [*here, *(_hired(acting, {}) if not here else ()), "hired"]
    found = (stage for name in names for stage in stages if _plain(name_of(stage)) == name and not is_new(stage))
    stage = next(found, None)
    if stage is None:
        raise Rejected(f"Nobody of this job was hired yet: say which stage hires. It has: {_names(stages)}")
    return stage


def _hired(acting: Acting, of: Mapping[str, Any]) -> list[str]:
    """The names of the stages where the newest of the hired stand, the most frequent first."""
    answer = acting.connector.talk.get(ROWS, {**of, "include[]": ["stage"], "perPage": 100})
    stood = Counter(_plain(name_of(row.get("stage"))) for row in at(answer.data, "data") or [] if row.get("hired_at"))
    return [name for name, _ in stood.most_common()]


def _names(stages: list[Row]) -> str:
    return ", ".join(map(name_of, stages)) or "none"


def name_of(stage: Any) -> str:
    """A stage's name, trimmed."""
    return str((stage or {}).get("name") or "").strip()


def same(one: Any, other: Any) -> bool:
    """Whether two stages are one: of one id, or, where one has none, of one name."""
    ids = [(each or {}).get("id") for each in (one, other)]
    return ids[0] == ids[1] if all(ids) else _plain(name_of(one)) == _plain(name_of(other))


def _plain(name: str) -> str:
    return name.strip().casefold()
