"""What can be written with CATS. Everything but an application's status is written on the person."""

from connectors.acting import Act, Passes
from connectors.cats import actions_changes as changes
from connectors.cats import actions_papers as papers
from connectors.cats import actions_people as people
from connectors.cats import actions_stages as stages
from connectors.cats.actions_person import OWN
from connectors.importing import IMPORT
from connectors.mapping import Unavailable

WRITES = "writing"
NEW = {"answers": "CATS takes answers only in the forms of its portals, they become an activity"}
QUIET = "What the status does by default is switched off unless it is asked for; what it must do it does all the same"
ON_PERSON = "CATS keeps it on the person, not on the application"
APPLICATION, MOVE = Passes("application", ("candidate_id", "job_id")), Passes("move", ("status_id", "triggers"))
NOTE = Passes("note", ("type", "notes", "date", "regarding_id"))

ACTIONS: dict[str, Act | Unavailable] = {
    "create_candidate": Act(
        people.create_candidate, WRITES, NEW, "Whoever is known under the address is not made again", papers.FILES,
        passes=Passes("person", OWN),
    ),
    "create_application": Act(
        people.create_application, WRITES, NEW, "Whoever is known under the address applies, and is not changed",
        papers.FILES, passes=APPLICATION,
    ),
    "apply_candidate": Act(
        people.apply, WRITES, {**NEW, "source": "CATS keeps it with the person, of whom nothing is changed"},
        files=papers.FILES, passes=APPLICATION,
    ),
    "import_application": IMPORT,
    "update_candidate": Act(changes.update, WRITES, passes=Passes("change", OWN)),
    "move_application": Act(stages.move, WRITES, says=QUIET, triggers=stages.triggers, passes=MOVE),
    "reject_application": Act(
        stages.reject, WRITES, {"rejection_reason_id": "CATS keeps no reasons, only the status and a note"}, QUIET,
        triggers=stages.triggers, passes=MOVE,
    ),
    "hire_application": Act(stages.hire, WRITES, says=QUIET, triggers=stages.triggers, passes=MOVE),
    "add_attachment": Act(papers.file, WRITES, says=ON_PERSON, files=papers.FILES),
    "add_note": Act(
        papers.note, WRITES, {"is_private": "Every user of CATS reads every activity"},
        "It becomes an activity of the person; one about an application regards its job", passes=NOTE,
    ),
    "add_result_link": Act(
        papers.result_link, WRITES, says="It becomes an activity that regards the job; figures also fill fields",
        passes=NOTE,
    ),
    "add_tag": Act(papers.tag, WRITES, says="Only tags that CATS has: its API makes none"),
    "remove_tag": Act(papers.untag, WRITES),
    "delete_application": Act(stages.delete, WRITES, says="The person stays"),
    "delete_candidate": Act(people.delete, WRITES, says="Applications, activities and files go with the person"),
}  # fmt: skip
