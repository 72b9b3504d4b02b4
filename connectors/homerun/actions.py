"""What can be written with Homerun. A candidate is an application there, so both have one id."""

from typing import Any

from connectors.acting import BLIND, REPEATABLE, Act, Acting, Done, Write
from connectors.errors import Rejected
from connectors.mapping import Unavailable
from connectors.unified.actions import AddNote, DeleteApplication, DeleteCandidate, MoveApplication

ROWS = "job-applications"
AUTHOR = "atsbridge"
WRITES, NOTES, FILES = f"{ROWS}:write", "job-application-notes:write", "job-application-files:write"


def move(acting: Acting, given: MoveApplication) -> Done:
    """To a stage of its vacancy, by name."""
    name = acting.recall("stage", lambda: _stage(acting, given.application_id, given.stage_id))
    if name.strip().lower() == "new":
        raise Rejected("Homerun moves nobody to New: people begin there")
    acting.once("move", _change(given.application_id, {"stage": {"name": name}}), lost=REPEATABLE)
    return _done(given.application_id)


def note(acting: Acting, given: AddNote) -> Done:
    """A note, signed with the name that is set for it."""
    person = given.application_id or given.candidate_id or ""
    body = {
        "note": given.content,
        "display_name": acting.settings.get("author", AUTHOR),
        "is_sensitive": given.is_private,
    }
    acting.once("note", Write("POST", f"{ROWS}/{person}/notes", body=body), lost=BLIND)
    return _done(person)


def to_pool(acting: Acting, given: DeleteApplication) -> Done:
    """Without a vacancy the person stays in the pool."""
    acting.once("pool", _change(given.application_id, {"vacancy_id": None}), lost=REPEATABLE)
    return _done(given.application_id)


def delete(acting: Acting, given: DeleteCandidate) -> Done:
    """The person, and the application with them."""
    acting.once("delete", Write("DELETE", f"{ROWS}/{given.candidate_id}"), lost=REPEATABLE)
    return _done(given.candidate_id)


def _change(person: str, body: dict[str, Any]) -> Write:
    return Write("PATCH", f"{ROWS}/{person}", body=body)


def _stage(acting: Acting, application: str, stage: str) -> str:
    """A stage's name in the application's vacancy; stages are known by their id, or by their name where they have
    none."""
    talk = acting.connector.talk
    vacancy = talk.get(f"{ROWS}/{application}").data["data"]["vacancy_id"]
    if vacancy is None:
        raise Rejected("This person is in the pool, where there are no stages")
    stages = talk.get(f"vacancies/{vacancy}", {"include[]": ["stages"]}).data["data"].get("stages") or []
    names: list[str] = [each["name"] for each in stages if stage in (each.get("id"), each["name"].strip())]
    if not names:
        raise Rejected(f"Its job has no stage {stage}. It has: {', '.join(each['name'] for each in stages)}")
    return names[0]


def _done(person: str) -> Done:
    return Done(person, touched=((ROWS, person),))


ACTIONS: dict[str, Act | Unavailable] = {
    "move_application": Act(move, WRITES),
    "add_note": Act(note, NOTES),
    "delete_application": Act(to_pool, WRITES, says="The person stays in Homerun's pool"),
    "delete_candidate": Act(delete, WRITES, says="The application goes with the person: in Homerun they are one"),
    "reject_application": Unavailable("Homerun's API cannot disqualify: only people can, in Homerun itself"),
    "add_tag": Unavailable("Homerun's API shows no tags"),
    "remove_tag": Unavailable("Homerun's API shows no tags"),
}
