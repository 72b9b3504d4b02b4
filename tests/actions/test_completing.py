"""What is left of an action is completed: sent again where it failed, looked for where it stayed unclear."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django_scopes import scope

from atsbridge.actions import deciding
from atsbridge.actions.models import Action, State
from atsbridge.tenants.models import AuditEntry, Person, Tenant
from connectors.emulation_faults import Fault
from tests.actions.cells import applications, stages
from tests.actions.conftest import Account, linked
from tests.actions.harness import act, again, decide, finished, upload
from tests.sync import harness

FILES = {"homerun": "job-applications", "cats": "attachments"}
"""Part of the address where a file is looked for."""


@pytest.fixture(params=["homerun", "cats"])
def account(request: pytest.FixtureRequest, acme: Tenant, settings: Any) -> Iterator[Account]:
    """Each ATS."""
    settings.WRITE_SECONDS = settings.FILE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05
    with linked(acme, request.param) as found:
        yield found


@pytest.fixture
def harbor(acme: Tenant) -> Iterator[Account]:
    """An ATS whose notes nobody can look for."""
    with harness.with_harbor(), linked(acme, "harbor", jobs=3, people=12) as found:
        yield found


def effects(account: Account, what: str) -> int:
    return sum(effect.what == what for effect in account.emulator.effects)


def unclear_file(account: Account, when: str) -> Action:
    """Somebody was created; of the file nobody knows whether it arrived, for the look for it was refused."""
    file = upload(account.connection, "cv.pdf", b"%PDF-1")
    mail = [{"email_address": f"{uuid4()}@example.test"}]
    path = {"homerun": "/files", "cats": "/attachments"}[account.slug]
    account.emulator.faults.append(Fault("timeout", method="write", path=path, when=when, late=0))
    given: dict[str, Any] = {"first_name": "Ada", "last_name": "L", "email_addresses": mail, "attachments": [file]}
    action = act(account.connection, "create_candidate", **given)
    assert (action.state, action.steps["file 1"]["state"]) == (State.WAITING, "sent")
    account.emulator.faults.append(Fault("404", path=FILES[account.slug], method="GET", times=9))  # on a slow machine
    action = again(action)
    account.emulator.faults.clear()
    assert (action.state, action.incomplete, action.steps["file 1"]["state"]) == (State.DONE, True, "unclear")
    return action


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_what_stayed_unclear_is_looked_for_before_it_is_sent_again(account: Account, dora: Person, when: str):
    action = unclear_file(account, when)
    account.emulator.catch_up()
    assert action.warnings[-1].startswith("File 1: ")
    assert deciding.choices(action) == ("complete", "rest_arrived", "rest_again")

    decide(action, "complete", dora)

    looked = again(action)
    assert effects(account, added(account)) == (0 if when == "before" else 1)
    assert (looked.state, looked.incomplete) == ((State.WAITING, True) if when == "before" else (State.DONE, False))
    assert (finished(action).state, action.incomplete, action.warnings) == (State.DONE, False, [])
    assert effects(account, added(account)) == 1


def added(account: Account) -> str:
    return {"homerun": "file added", "cats": "attachment added"}[account.slug]


def test_a_look_that_is_refused_again_leaves_it_unclear(account: Account, dora: Person):
    action = unclear_file(account, "before")
    account.emulator.faults.append(Fault("404", path=FILES[account.slug], method="GET"))

    decide(action, "complete", dora)

    assert (again(action).state, action.incomplete, action.steps["file 1"]["state"]) == (State.DONE, True, "unclear")
    assert (action.warnings[-1].startswith("File 1: "), effects(account, added(account))) == (True, 0)


def test_a_person_says_that_it_arrived_or_has_it_sent_for_certain(account: Account, dora: Person):
    arrived = decide(unclear_file(account, "after"), "rest_arrived", dora)
    assert (arrived.state, arrived.incomplete, deciding.choices(arrived)) == (State.DONE, False, ())
    assert arrived.warnings[-1] == "Dora said that what was unclear arrived"

    account.emulator.effects.clear()
    sent = decide(unclear_file(account, "before"), "rest_again", dora)

    assert (again(sent).state, sent.incomplete, effects(account, added(account))) == (State.DONE, False, 1)
    with scope(tenant=account.connection.tenant):
        kinds = AuditEntry.objects.filter(kind__startswith="action.").order_by("id").values_list("kind", "who")
        assert list(kinds) == [("action.rest_arrived", "Dora"), ("action.rest_again", "Dora")]


def unclear_note(harbor: Account) -> Action:
    """An application was rejected; the note about it may have been written, which nobody can look for."""
    application = next(applications(harbor.connection))
    harbor.emulator.faults.append(Fault("timeout", method="write", path="/notes"))
    given: dict[str, Any] = {
        "application_id": application.remote_id,
        "stage_id": stages(application)[0],
        "note": "Not now",
    }
    action = again(act(harbor.connection, "reject_application", **given))
    assert (action.state, action.incomplete, action.steps["note"]["state"]) == (State.DONE, True, "unclear")
    return action


def test_what_nobody_can_look_for_is_not_sent_again_without_a_persons_word(harbor: Account, dora: Person):
    action = unclear_note(harbor)

    assert deciding.choices(action) == ("rest_arrived", "rest_again")
    with pytest.raises(deciding.TooLate):
        decide(action, "complete", dora)
    assert (again(action).state, effects(harbor, "note added")) == (State.DONE, 1)

    decide(action, "rest_again", dora)
    assert (again(action).state, action.incomplete, effects(harbor, "note added")) == (State.DONE, False, 2)


def test_completing_the_rest_leaves_alone_what_nobody_can_look_for(harbor: Account, dora: Person):
    action = unclear_note(harbor)
    with scope(tenant=harbor.connection.tenant):
        steps = action.steps | {"other": {"state": "failed", "error": "No"}}
        Action.objects.filter(pk=action.pk).update(steps=steps)
        action.refresh_from_db()
    assert deciding.choices(action) == ("complete", "rest_arrived", "rest_again")

    decide(action, "complete", dora)

    assert (again(action).state, action.incomplete, action.steps["note"]["state"]) == (State.DONE, True, "unclear")
    assert effects(harbor, "note added") == 1
