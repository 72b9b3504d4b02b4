"""What machines write to CATS, where that is another thing than with the rest."""

from collections.abc import Iterator

import pytest

from tests.api.acting import Writer, worker, writer
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)
ADA = {"first_name": "Ada", "last_name": "Lovelace", "emails": [{"email": "ada@example.test"}]}


@pytest.fixture
def cats(acme) -> Iterator[Writer]:
    """Acme's synced CATS account, with a worker."""
    emulator = harness.emulate("cats", jobs=3, people=12)
    with harness.mounted("cats", emulator):
        connection = harness.link(acme, "cats", emulator)
        harness.sync(connection)
        with worker(connection.tenant):
            yield writer(connection, emulator)


def test_somebody_who_is_known_is_refused_by_id_and_made_again_only_where_that_is_wanted(cats):
    known = cats.emulator.person("Grace", "Hopper", email="ada@example.test")

    refused = cats.send("POST", "candidates", ADA)
    made = cats.send("POST", "candidates", ADA, X_Allow_Duplicate="true")

    assert (refused.status_code, made.status_code) == (422, 200)
    assert f"candidate {known.id}" in refused.json()["message"]
    assert (made.json()["first_name"], cats.effects()) == ("Ada", ["candidate created"])
