"""Where people come from. Neither ATS lists its sources, so those of an account are known that its people carry."""

from django.db.models import Count

from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from atsbridge.records.shape import fold

PEOPLE = ("candidate", "application")


def meant(connection: Connection, word: str) -> str | None:
    """The source that a name, a key or an id means, as the account spells it; None for one that it does not know.

    A source's key is its name in letters and digits alone; its id, where the ATS gives it none, is its name."""
    known = _known(connection)
    for same in (str, fold, _key):
        found = next((each for each in known if same(word) and same(each) == same(word)), None)
        if found:
            return found
    return None


def _key(name: str) -> str:
    return "".join(filter(str.isalnum, fold(name)))


def _known(connection: Connection) -> list[str]:
    """The sources of an account's people, the most frequent first."""
    living = Record.objects.filter(connection=connection, model__in=PEOPLE, deleted_at__isnull=True)
    counted = living.exclude(source="").values("source").annotate(count=Count("id")).order_by("-count", "source")
    between = connection.speaks.between_sources
    said = (text.split(between) if between else [text] for text in counted.values_list("source", flat=True))
    return list(dict.fromkeys(name for names in said for name in names))
