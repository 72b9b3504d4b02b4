"""One mail to each owner when a connection needs them, and one when it works again."""

from datetime import timedelta

import pytest
import time_machine
from celery.signals import before_task_publish
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import notices, states, tasks, unlinking
from atsbridge.connections.models import Connection, Notice
from atsbridge.records import forgetting
from atsbridge.sync import sweeping
from atsbridge.tenants.models import Membership, Role
from tests.conftest import browser
from tests.connections.accounts import link
from tests.connections.mailserver import mailers, serving

SETTLE = timedelta(seconds=3)
pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


@pytest.fixture
def amsterdam(acme, homerun):
    """Acme's Homerun, linked under a name of its own."""
    with scope(tenant=acme):
        return link(acme, "homerun", homerun.key, "Amsterdam")


@pytest.fixture(autouse=True)
def in_scope(acme):
    with scope(tenant=acme):
        yield


def told():
    """Every notice: who, of what, and how far it is."""
    return list(Notice.objects.order_by("created_at").values_list("person__email", "kind", "state"))


def sent():
    """Do what the workers do for every mail that is due; the mails since somebody last asked."""
    for tenant_id, pk in notices.due(timedelta(), 100):
        tasks.tell(str(tenant_id), str(pk))
    found = [(*message.to, message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return found


def test_each_owner_is_told_once_when_it_needs_them_and_once_when_it_works_again(amsterdam, acme):
    browser("ann@acme.example", "Ann", tenant=acme)
    states.needs_relink(amsterdam, "Homerun refuses this key.")
    assert not states.needs_relink(amsterdam, "Again")
    assert sorted(sent()) == [
        ("alice@acme.example", "Amsterdam needs relinking"),
        ("ann@acme.example", "Amsterdam needs relinking"),
    ]
    assert sent() == []

    states.relinked(amsterdam)
    states.relinked(amsterdam)
    assert sorted(sent()) == [
        ("alice@acme.example", "Amsterdam works again"),
        ("ann@acme.example", "Amsterdam works again"),
    ]
    assert sent() == []

    states.needs_relink(amsterdam, "Another time")
    assert len(sent()) == 2


def test_a_mail_says_why_and_where_to_go_and_holds_no_secret(amsterdam, homerun):
    with time_machine.travel("2030-01-02T03:04:05Z", tick=False):
        states.needs_relink(amsterdam, "Homerun refuses this key: it is wrong, expired or revoked.")
        [(_, pk)] = notices.due(timedelta(), 100)
        notices.send(pk)
        states.relinked(amsterdam)
        [(_, pk)] = notices.due(timedelta(), 100)
        notices.send(pk)

    refused, works = mail.outbox
    assert refused.body == (
        "Homerun refuses this key: it is wrong, expired or revoked.\n\n"
        "So nothing new of Amsterdam arrives at Acme since 2 January 2030, 03:04 UTC. What was read stays readable.\n\n"
        "Paste a new key here; every record keeps its id:\n\n"
        f"http://127.0.0.1:8000/t/acme/connections/{amsterdam.pk}/relink/\n\n"
        "You get this because you own Acme. One more mail follows when Amsterdam works again.\n"
    )
    assert works.body == (
        "Amsterdam of Acme works again. There is nothing to do: what changed meanwhile arrives with the next sync.\n\n"
        f"http://127.0.0.1:8000/t/acme/connections/{amsterdam.pk}/\n"
    )
    assert all(homerun.key not in f"{each.subject}{each.body}" for each in mail.outbox)


def test_what_is_no_longer_true_when_its_turn_comes_is_not_sent(amsterdam):
    states.needs_relink(amsterdam, "Refused")
    states.relinked(amsterdam)

    assert sent() == []
    assert told() == [("alice@acme.example", "needs_relink", "moot"), ("alice@acme.example", "works_again", "moot")]


def test_it_works_again_goes_only_to_those_who_were_told_that_it_did_not(amsterdam, acme):
    states.needs_relink(amsterdam, "Refused")
    sent()
    browser("ann@acme.example", "Ann", tenant=acme)
    states.relinked(amsterdam)

    assert sent() == [("alice@acme.example", "Amsterdam works again")]


def test_nobody_hears_that_it_works_again_when_it_stopped_meanwhile(amsterdam):
    states.needs_relink(amsterdam, "Refused")
    sent()
    states.relinked(amsterdam)
    states.needs_relink(amsterdam, "Refused")

    assert sent() == [("alice@acme.example", "Amsterdam needs relinking")]


@pytest.mark.parametrize("gone", ["viewer", "removed", "inactive"])
def test_who_owns_nothing_any_more_is_not_told(amsterdam, alice, gone):
    states.needs_relink(amsterdam, "Refused")
    mine = Membership.objects.filter(person=alice.person)
    if gone == "viewer":
        mine.update(role=Role.VIEWER)
    elif gone == "removed":
        mine.delete()
    else:
        alice.person.is_active = False
        alice.person.save()

    assert sent() == []
    assert told() == [("alice@acme.example", "needs_relink", "moot")]


def test_an_account_that_is_unlinked_tells_nobody(amsterdam):
    states.needs_relink(amsterdam, "Refused")
    unlinking.unlink(amsterdam, now=True)
    assert sent() == []

    unlinking.purge_due(forgetting.empty_events)
    assert not Notice.objects.exists()


def test_nothing_is_told_of_a_change_that_was_undone(amsterdam):
    with transaction.atomic():
        states.needs_relink(amsterdam, "Refused")
        transaction.set_rollback(True)

    assert (Connection.objects.get().state, told()) == ("active", [])


def test_a_name_with_a_line_break_is_a_subject_all_the_same(amsterdam):
    Connection.objects.update(label="Amster\r\nBcc: eve@globex.example")
    states.needs_relink(amsterdam, "Refused")

    assert sent() == [("alice@acme.example", "Amster Bcc: eve@globex.example needs relinking")]


def test_of_two_workers_one_sends(amsterdam):
    states.needs_relink(amsterdam, "Refused")
    [(tenant_id, pk)] = notices.due(timedelta(), 100)

    for _ in range(2):
        tasks.tell(str(tenant_id), str(pk))

    assert len(mail.outbox) == 1


def test_a_task_of_another_tenant_sends_nothing(amsterdam, globex):
    states.needs_relink(amsterdam, "Refused")
    pk = Notice.objects.get().pk

    tasks.tell(str(globex.pk), str(pk))

    assert (mail.outbox, told()) == ([], [("alice@acme.example", "needs_relink", "queued")])


@pytest.fixture
def rung():
    """Every message that goes to the broker."""
    heard = []

    def hear(sender, body, **_):
        heard.append((sender, *body[0]))

    before_task_publish.connect(hear)
    yield heard
    before_task_publish.disconnect(hear)


# Mail servers


def failing(amsterdam):
    """Try to send the one mail; how far it is then, its tries, and the minutes until the next."""
    now = timezone.now()
    sent()
    notice = Notice.objects.get()
    pause = round((notice.not_before - now) / timedelta(minutes=1)) if notice.state == "queued" else None
    return notice.state, notice.tries, pause


def test_without_a_mail_server_it_is_tried_again_after_growing_pauses_and_given_up(amsterdam, settings):
    settings.MAILERS = mailers(9)
    states.needs_relink(amsterdam, "Refused")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        seen = []
        for _ in range(9):
            seen.append(failing(amsterdam))
            clock.shift(timedelta(hours=1))

    queued = [("queued", tries, pause) for tries, pause in enumerate((2, 4, 8, 16, 32, 60, 60), 1)]
    assert seen == [*queued, ("failed", 8, None), ("failed", 8, None)]
    assert Notice.objects.get().error.startswith("No mail server: [Errno 111]")


def test_a_mail_that_the_server_took_is_sent(amsterdam, settings):
    states.needs_relink(amsterdam, "Refused")
    with serving(settings) as texts:
        assert failing(amsterdam) == ("sent", 1, None)

    assert len(texts) == 1
    assert "To: alice@acme.example" in texts[0]


def test_a_mail_that_the_server_refuses_is_tried_again(amsterdam, settings):
    states.needs_relink(amsterdam, "Refused")
    with serving(settings, recipient="451 later") as texts:
        assert failing(amsterdam) == ("queued", 1, 2)

    assert texts == []
    assert Notice.objects.get().error.startswith("The mail server refused it: ")


def test_a_mail_that_may_have_gone_is_not_sent_again(amsterdam, settings):
    states.needs_relink(amsterdam, "Refused")
    with serving(settings, breaks=True) as texts:
        assert failing(amsterdam) == ("lost", 1, None)
        assert failing(amsterdam) == ("lost", 1, None)

    assert len(texts) == 1


def test_a_mail_over_which_its_worker_died_is_given_up(amsterdam):
    states.needs_relink(amsterdam, "Refused")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        Notice.objects.update(state="sending", rung_at=timezone.now())
        clock.shift(notices.STUCK)
        assert (sent(), told()[0][2]) == ([], "sending")
        clock.shift(1)
        assert (sent(), told()[0][2]) == ([], "lost")


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_rings_for_a_mail_and_gives_its_bell_time(amsterdam, rung):
    states.needs_relink(amsterdam, "Refused")
    expected = ("atsbridge.connections.tasks.tell", str(amsterdam.tenant_id), str(Notice.objects.get().pk))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            sweeping.sweep()
        assert rung == [expected]
        clock.shift(SETTLE + timedelta(seconds=0.1))
        sweeping.sweep()
        assert rung == [expected] * 2
