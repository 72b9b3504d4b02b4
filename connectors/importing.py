"""The one action that is the same for every ATS: an application that others made is read from now on as one of ours."""

from connectors.acting import Act, Acting, Done
from connectors.errors import NotFound, Rejected
from connectors.unified.actions import ImportApplication


def application(acting: Acting, given: ImportApplication) -> Done:
    """The application at its own address, and whose it is; raises NotFound, Rejected."""
    connector, remote_id = acting.connector, given.application_id
    home, people = connector.home("application"), connector.home("candidate")
    assert home
    words = f"{connector.name} has no application {remote_id}"
    row = connector.row(home, remote_id)
    if row is None:
        raise NotFound(words, status=404)
    made = connector.make(home, {"": row}, acting.beside)
    found = next((one.values for one in made if one.model.slug == "application"), None)
    if found is None:
        raise Rejected(words)
    candidate = getattr(found, "candidate_id", None)
    person = ((people.slug, candidate),) if people and people is not home and candidate else ()
    return Done(remote_id, (*person, (home.slug, remote_id)))


IMPORT = Act(
    application, says="It is read from now on also where only what was created from here is; nothing is written"
)
