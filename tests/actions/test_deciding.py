"""What a person decides about an action: each choice where it is offered, and nowhere else."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import deciding, intake
from atsbridge.actions.models import Action, State
from atsbridge.tenants.models import AuditEntry, Person
from connectors.emulation_faults import Fault
from tests.actions.conftest import Account
from tests.actions.harness import act, again, decide
from tests.actions.test_performing import applied


def trail(account: Account) -> list[tuple[str, str]]:
    with scope(tenant=account.connection.tenant):
        return list(AuditEntry.objects.filter(kind__startswith="action.").order_by("id").values_list("kind", "who"))


def lost_note(account: Account) -> Action:
    """A note whose answer was lost; whether it arrived cannot be told."""
    account.emulator.faults.append(Fault("timeout", method="write"))
    action = again(act(account.connection, "add_note", application_id=applied(account).remote_id, content="Brilliant"))
    assert action.state == State.UNKNOWN, action.waits_for
    return action


def notes(account: Account) -> int:
    return sum(effect.what.startswith("note") for effect in account.emulator.effects)


def queued(account: Account) -> Action:
    given = intake.read("add_note", {"application_id": applied(account).remote_id, "content": "Brilliant"})
    with scope(tenant=account.connection.tenant):
        return intake.accept(account.connection, given)


def test_of_an_unknown_one_a_person_says_that_it_arrived(account: Account, dora: Person):
    action = lost_note(account)

    decide(action, "arrived", dora)

    action.refresh_from_db()
    assert (action.state, action.warnings, action.error) == (State.DONE, ["Dora said that it arrived"], "")
    assert (again(action).state, notes(account)) == (State.DONE, 1)
    assert trail(account) == [("action.arrived", "Dora")]


def test_sent_again_it_is_sent_for_certain_and_its_time_counts_anew(account: Account, dora: Person):
    action = lost_note(account)
    with scope(tenant=account.connection.tenant):
        Action.objects.filter(pk=action.pk).update(expires_at=timezone.now() - timedelta(hours=1))

    decide(action, "again", dora)

    action.refresh_from_db()
    assert (action.state, action.sent, action.steps) == (State.QUEUED, False, {})
    assert action.expires_at > timezone.now() + timedelta(hours=23)
    assert (again(action).state, notes(account)) == (State.DONE, 2)
    assert trail(account) == [("action.again", "Dora")]


def test_cancelled_it_is_never_sent(account: Account, dora: Person):
    action = queued(account)

    decide(action, "cancel", dora)

    assert (again(action).state, action.error, notes(account)) == (State.CANCELLED, "Cancelled by Dora", 0)
    assert trail(account) == [("action.cancel", "Dora")]


def test_what_was_cancelled_can_be_asked_for_once_more_as_an_action_of_its_own(account: Account, dora: Person):
    action = queued(account)
    decide(action, "cancel", dora)

    other = decide(action, "anew", dora)

    assert (other.pk != action.pk, other.person, other.input) == (True, dora, action.input)
    assert (again(other).state, notes(account)) == (State.DONE, 1)
    assert trail(account) == [("action.cancel", "Dora"), ("action.anew", "Dora")]


def test_what_is_incomplete_is_completed_by_its_failed_steps_alone(account: Account, dora: Person):
    action = act(account.connection, "add_note", application_id=applied(account).remote_id, content="Brilliant")
    with scope(tenant=account.connection.tenant):
        Action.objects.filter(pk=action.pk).update(incomplete=True, warnings=["Photo: too large"])
    action.refresh_from_db()

    decide(action, "complete", dora)

    assert (again(action).state, action.incomplete, action.warnings, notes(account)) == (State.DONE, False, [], 1)
    assert trail(account) == [("action.complete", "Dora")]


@pytest.mark.parametrize(
    ("state", "sent", "offered"),
    [
        (State.QUEUED, False, ("cancel",)),
        (State.WAITING, False, ("cancel",)),
        (State.WAITING, True, ()),
        (State.RUNNING, False, ()),
        (State.DONE, True, ()),
        (State.UNKNOWN, True, ("arrived", "again")),
        (State.REFUSED, False, ("anew",)),
        (State.FAILED, False, ("anew",)),
        (State.EXPIRED, False, ("anew",)),
    ],
)
def test_nothing_else_can_be_decided(account: Account, dora: Person, state: State, sent: bool, offered: tuple[str]):
    action = queued(account)
    with scope(tenant=account.connection.tenant):
        Action.objects.filter(pk=action.pk).update(state=state, sent=sent)
    action.refresh_from_db()
    before = Action(**{field.attname: getattr(action, field.attname) for field in Action._meta.fields})

    assert deciding.choices(action) == offered
    for choice in deciding.DECISIONS.keys() - set(offered):
        with pytest.raises(deciding.TooLate):
            decide(action, choice, dora)
    action.refresh_from_db()
    assert (action.state, action.expires_at, trail(account)) == (state, before.expires_at, [])


def test_whoever_decides_on_an_old_look_is_too_late(account: Account, dora: Person):
    action = queued(account)
    again(action)
    action.state, action.sent = State.QUEUED, False

    with pytest.raises(deciding.TooLate):
        decide(action, "cancel", dora)
    assert (again(action).state, notes(account), trail(account)) == (State.DONE, 1, [])


def test_what_may_have_been_sent_meanwhile_is_not_cancelled(account: Account, dora: Person):
    action = queued(account)
    with scope(tenant=account.connection.tenant):
        Action.objects.filter(pk=action.pk).update(sent=True)

    with pytest.raises(deciding.TooLate):
        decide(action, "cancel", dora)
    action.refresh_from_db()
    assert (action.state, trail(account)) == (State.QUEUED, [])


def test_what_was_emptied_cannot_be_asked_for_anew(account: Account):
    action = queued(account)
    action.state, action.input = State.REFUSED, "{}"

    assert deciding.choices(action) == ()
