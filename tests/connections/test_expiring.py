"""Keys of which somebody said when they expire."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django_scopes import scope

from atsbridge.connections import expiring, linking, notices, states, tasks
from atsbridge.connections.models import Connection, Notice
from atsbridge.sync import sweeping
from tests.conftest import browser
from tests.connections.accounts import READS, checked, emulated

OTHER = "18|another-key-of-somebody"
LAST = date(2030, 3, 31)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def homerun():
    """An emulated Homerun with two keys."""
    with emulated("homerun", keys={OTHER: READS}) as emulator:
        yield emulator


@pytest.fixture
def amsterdam(acme, alice, bob, charlie, homerun):
    """Acme's Homerun, linked with a key that expires at the end of March 2030."""
    with scope(tenant=acme):
        attempt = checked(linking.begin(acme, "homerun", {"api_key": homerun.key}, expires_on=LAST))
        connection = linking.finish(attempt, label="Amsterdam", models=["job"])
        assert connection.expires_on == LAST
        yield connection


def swept(day):
    """Sweep on a day and send what is due; the mails since somebody last asked."""
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        sweeping.sweep()
        Notice.objects.update(rung_at=None)
        for tenant_id, pk in notices.due(timedelta(), 100):
            tasks.tell(str(tenant_id), str(pk))
    found = [(*message.to, message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return found


def test_the_owners_are_told_fourteen_days_before_and_once(amsterdam, acme):
    assert swept("2030-03-16") == []
    assert swept("2030-03-17") == [("alice@acme.example", "The key of Amsterdam expires on 31 March 2030")]
    browser("ann@acme.example", "Ann", tenant=acme)  # who becomes an owner later finds it on the overview
    assert [swept(day) for day in ("2030-03-17", "2030-03-30", "2030-04-02")] == [[], [], []]


def test_another_date_is_told_too(amsterdam):
    assert len(swept("2030-03-20")) == 1
    Connection.objects.update(expires_on=date(2030, 4, 2))

    assert swept("2030-03-20") == [("alice@acme.example", "The key of Amsterdam expires on 2 April 2030")]


def test_the_mail_says_what_to_do_and_holds_no_secret(amsterdam, homerun):
    expiring_soon = date(2030, 3, 20)
    with time_machine.travel(expiring_soon):
        expiring.warn(amsterdam.pk)
        expiring.warn(amsterdam.pk)
        notices.send(Notice.objects.get().pk)

    [sent] = mail.outbox
    assert sent.body == (
        "The key with which Amsterdam of Acme is read expires on 31 March 2030, as somebody noted when it was linked."
        " Nothing new arrives after that.\n\n"
        "Make a new key in Homerun and paste it here; every record keeps its id:\n\n"
        f"http://127.0.0.1:8000/t/acme/connections/{amsterdam.pk}/relink/\n\n"
        "Is that not its last day? Then change it in the connection's settings.\n"
    )
    assert homerun.key not in sent.body


@pytest.mark.parametrize("what", ["relinked", "moved", "refused"])
def test_what_changed_before_the_mail_went_is_not_told(amsterdam, what):
    with time_machine.travel("2030-03-20T12:00:00Z"):
        expiring.warn(amsterdam.pk)
        if what == "relinked":
            checked(linking.begin_relink(amsterdam, {"api_key": OTHER}, []))
        elif what == "moved":
            Connection.objects.update(expires_on=date(2030, 9, 30))
        else:
            states.needs_relink(amsterdam, "Refused")
        notices.send(Notice.objects.get(kind="expires").pk)

    assert (mail.outbox, Notice.objects.get(kind="expires").state) == ([], "moot")


@pytest.mark.parametrize("state", ["needs_relink", "unlinking"])
def test_a_key_that_is_used_no_more_warns_nobody(amsterdam, state):
    Connection.objects.update(state=state)

    assert swept("2030-03-20") == []
    assert not Notice.objects.exists()


def test_a_new_key_has_its_own_date_or_none_and_the_same_key_keeps_its_own(amsterdam, homerun):
    def relinked(key, day=None):
        checked(linking.begin_relink(amsterdam, {"api_key": key}, [], expires_on=day))
        amsterdam.refresh_from_db()
        return amsterdam.expires_on

    assert relinked(homerun.key) == LAST
    assert relinked(OTHER, date(2031, 1, 1)) == date(2031, 1, 1)
    assert relinked(homerun.key) is None


def test_what_expires_is_found_in_every_tenant_and_warned_of_in_its_own(amsterdam, globex):
    with time_machine.travel("2030-03-20T12:00:00Z"), scope(tenant=globex):
        assert expiring.due(10) == [(amsterdam.tenant_id, amsterdam.pk)]
        expiring.warn(amsterdam.pk)

    assert not Notice.objects.exists()
