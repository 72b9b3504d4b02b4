"""What people say that their account's statuses mean; what is stored is then mapped anew, without a call."""

from django.utils import timezone

from atsbridge.connections.models import Connection, State
from atsbridge.sync import schedule

type Chosen = dict[str, dict[str, str]]
"""`{kind of status: {status id: word}}`; a status that is left out means what we guess."""


def choose(connection: Connection, chosen: Chosen) -> bool:
    """Keep what was said, and begin to map anew; False where nothing changes."""
    said = {slug: words for slug, words in chosen.items() if words}
    others = Connection.objects.filter(pk=connection.pk).exclude(meanings=said)
    if not others.update(meanings=said, remap_due=True, updated_at=timezone.now()):
        return False
    connection.refresh_from_db()
    if connection.state == State.ACTIVE:
        schedule.start(connection, "settings", kind="remap")
    return True
