"""What can be written with Homerun, and why not the rest. A candidate is an application there: both have one id."""

from connectors.acting import REPEATABLE, Act, Acting, Done, Passes, Write
from connectors.homerun import actions_papers as papers
from connectors.homerun import actions_people as people
from connectors.homerun import actions_stages as stages
from connectors.homerun.actions_stages import ROWS
from connectors.importing import IMPORT
from connectors.mapping import Unavailable
from connectors.unified.actions import DeleteApplication, DeleteCandidate

WRITES, NOTES, FILES = f"{ROWS}:write", "job-application-notes:write", "job-application-files:write"


def to_pool(acting: Acting, given: DeleteApplication) -> Done:
    """Without a vacancy the person stays in the pool."""
    write = Write("PATCH", f"{ROWS}/{given.application_id}", body={"vacancy_id": None})
    wrote = acting.once("pool", write, lost=REPEATABLE)
    shows = {"the removal from the job": ("vacancy_id", None)}
    return Done(given.application_id, ((ROWS, given.application_id),), shows, told=wrote)


def delete(acting: Acting, given: DeleteCandidate) -> Done:
    """The person, and the application with them."""
    acting.once("delete", Write("DELETE", f"{ROWS}/{given.candidate_id}"), lost=REPEATABLE)
    return Done(given.candidate_id, ((ROWS, given.candidate_id),), gone=True)


NEW = {
    "title": people.CUSTOM,
    "company": people.CUSTOM,
    "tags": people.CUSTOM,
    "work_history": "Homerun keeps experience as one text, in which it is written",
    "answers": "Homerun takes no answers from others, they go into the custom data",
}
MOVE, NOTE = Passes("move", people.OWN), Passes("note", ("note", "is_sensitive"))
NO_TRIGGERS = "Homerun does nothing by itself when somebody is moved"
NO_TAGS = Unavailable("Homerun's API shows no tags")

ACTIONS: dict[str, Act | Unavailable] = {
    "create_candidate": Act(
        people.create, WRITES, NEW, "Homerun makes a new person each time, whether or not it knows the address",
        papers.FILES, passes=Passes("create", people.OWN), needs=people.NEEDS,
    ),
    "create_application": Act(
        people.create, WRITES, NEW, "Homerun makes a new person for each application", papers.FILES,
        passes=Passes("create", people.OWN), needs=people.NEEDS,
    ),
    "apply_candidate": Act(
        people.apply, WRITES,
        {"answers": NEW["answers"], "source": "Homerun takes a source only when a person is created"},
        "Only somebody in the pool: in Homerun a person is one application", papers.FILES,
        passes=Passes("application", people.OWN),
    ),
    "import_application": IMPORT,
    "update_candidate": Act(
        people.update, WRITES,
        {
            "title": people.CUSTOM,
            "company": people.CUSTOM,
            "source": "Homerun takes a source only when a person is created",
        },
        passes=Passes("change", people.OWN), needs=people.NEEDS,
    ),
    "move_application": Act(
        stages.move, WRITES, {"triggers": NO_TRIGGERS}, "Nobody can be moved to New", passes=MOVE
    ),
    "reject_application": Unavailable("Homerun's API cannot disqualify: only people can, in Homerun itself"),
    "hire_application": Act(
        stages.hire, WRITES, {"triggers": NO_TRIGGERS}, "It is moved to the stage where the hired stand", passes=MOVE
    ),
    "add_attachment": Act(papers.file, FILES, files=papers.FILES),
    "add_note": Act(papers.note, NOTES, {"created_at": "Homerun dates its notes itself"}, passes=NOTE),
    "add_result_link": Act(
        papers.result_link, NOTES, {"prefix": "Homerun has no fields of a job's own, the figures are in the note"},
        "It becomes a note: Homerun has no place for links of others", passes=NOTE,
    ),
    "add_tag": NO_TAGS,
    "remove_tag": NO_TAGS,
    "delete_application": Act(to_pool, WRITES, says="The person stays in Homerun's pool"),
    "delete_candidate": Act(delete, WRITES, says="The application goes with the person: in Homerun they are one"),
}  # fmt: skip
