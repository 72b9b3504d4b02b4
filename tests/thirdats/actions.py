"""What can be written with Harbor: notes, moves and rejections."""

from connectors.acting import BLIND, Act, Acting, Done, Write, Wrote
from connectors.mapping import Unavailable
from connectors.unified.actions import BY_SLUG, AddNote, MoveApplication, RejectApplication


def note(acting: Acting, given: AddNote) -> Done:
    """A note about a person, also where it is about an application."""
    talk = acting.connector.talk
    application = given.application_id
    read = acting.recall("person", lambda: talk.get(f"applications/{application}").data["person"] if application else 0)
    person = str(read or given.candidate_id)
    body = {"body": given.content, "private": given.is_private}
    made = acting.once("note", Write("POST", f"people/{person}/notes", body=body), lost=BLIND)
    return Done(made.id, (("people", person),))


def move(acting: Acting, given: MoveApplication) -> Done:
    """To a step of the job; one that was lost is looked for where it would have gone."""
    path = f"applications/{given.application_id}"

    def look() -> Wrote | None:
        row = acting.connector.talk.get(path).data
        return Wrote(str(row["id"]), row) if row["step"] == given.stage_id else None

    acting.once("move", Write("PUT", path, body={"step": given.stage_id}), lost=look)
    return Done(given.application_id, (("applications", given.application_id),), {"the step": ("step", given.stage_id)})


def reject(acting: Acting, given: RejectApplication) -> Done:
    """To the step that declines, with a note about it."""
    path = f"applications/{given.application_id}"
    person = acting.recall("person", lambda: acting.connector.talk.get(path).data["person"])
    done = move(acting, MoveApplication(application_id=given.application_id, stage_id=given.stage_id or ""))
    if given.note:
        acting.also("note", Write("POST", f"people/{person}/notes", body={"body": given.note}), lost=BLIND)
    return done


NOTHING_ELSE = Unavailable("Harbor takes notes, moves and rejections, and nothing else")
ACTIONS: dict[str, Act | Unavailable] = {
    **dict.fromkeys(BY_SLUG, NOTHING_ELSE),
    "add_note": Act(note, "writing", {"created_at": "Harbor dates what is written itself"}),
    "reject_application": Act(
        reject,
        "writing",
        {"triggers": "Harbor does nothing by itself", "rejection_reason_id": "Harbor keeps no reasons"},
    ),
    "move_application": Act(
        move,
        "writing",
        {"triggers": "Harbor does nothing by itself", "expected_stage_id": "Harbor is not asked where it stands"},
    ),
}
