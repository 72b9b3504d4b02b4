"""What may be stored where only what we created is read."""

from atsbridge.connections.models import Connection
from atsbridge.records import kept
from connectors.mapping import Made
from connectors.unified import Note


def test_a_page_asks_for_those_that_it_names_however_many_are_kept(account: Connection):
    kept.keep(account, [(model, str(number)) for number in range(500) for model in kept.PEOPLE], "import")
    Connection.objects.filter(pk=account.pk).update(only_ours=True)
    account.refresh_from_db()
    gate = kept.Gate(account)

    gate.look(["7", "stranger", None])
    mine, theirs = (Made(Note, each, Note(candidate_id=each)) for each in ("8", "stranger"))
    gate.look_at([mine, theirs])

    assert gate.kept == {(model, number) for model in kept.PEOPLE for number in ("7", "8")}
    assert gate.passes([mine, theirs]) == [mine]
