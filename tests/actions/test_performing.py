"""Actions from being taken in to their end: what is sent, what is stored, what is said."""

import json
import time

from django_scopes import scope

from atsbridge.actions.models import State
from atsbridge.records.models import Change, Record
from connectors.emulation_faults import Fault
from tests.actions.cells import applications, stages
from tests.actions.conftest import Account
from tests.actions.harness import act, again, finished


def applied(account: Account) -> Record:
    """Somebody who applies for a job with several stages."""
    return next(applications(account.connection))


def test_a_move_is_sent_once_and_read_back(account: Account):
    application = applied(account)
    target = stages(application)[0]

    before = len(account.emulator.calls)
    action = act(account.connection, "move_application", application_id=application.remote_id, stage_id=target)

    asked = [call.method for call in account.emulator.calls[before:]]
    assert asked == ["GET", "GET", "PATCH"], "where it stands, where it may go, and the move, which tells where it is"
    assert (action.state, action.remote_id, action.warnings, action.error) == (
        State.DONE,
        application.remote_id,
        [],
        "",
    )
    with scope(tenant=account.connection.tenant):
        moved = Record.objects.get(id=application.id)
        told = Change.objects.filter(record=application.id, kind="stage_changed").latest("id")
    assert json.loads(moved.document)["current_stage_id"] == target
    assert (told.cause, told.cause_id) == ("action", action.id)


def test_a_move_whose_answer_is_lost_is_done_once(account: Account, settings):
    settings.WRITE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05
    application = applied(account)
    target = stages(application)[0]
    account.emulator.faults.append(Fault("timeout", method="write"))

    action = act(account.connection, "move_application", application_id=application.remote_id, stage_id=target)
    assert (action.state, action.sent) == (State.WAITING, True)

    assert finished(action).state == State.DONE
    assert [effect.what for effect in account.emulator.effects] == ["application moved"]


def test_a_lost_write_that_cannot_be_sent_again_yet_still_counts_as_sent(account: Account, settings):
    settings.WRITE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05
    application = applied(account)
    account.emulator.faults += [
        Fault("timeout", method="write", when="before"),
        Fault("429", times=20, method="write", seconds=60),
    ]
    action = act(account.connection, "update_candidate", candidate_id=application.remote_id, first_name="Ada")
    time.sleep(0.1)

    action = again(action)

    assert (action.state, action.sent, action.steps["change"]["state"]) == (State.WAITING, True, "sent")


def test_a_rehearsal_says_what_would_be_sent_and_sends_nothing(homerun: Account):
    application = applied(homerun)
    target = stages(application)[0]
    given = {"application_id": application.remote_id, "stage_id": target}

    action = act(homerun.connection, "move_application", rehearsal=True, **given)

    with scope(tenant=homerun.connection.tenant):
        name = json.loads(Record.objects.get(model="application_stage", remote_id=target).document)["name"]
    job = json.loads(application.document)["job_id"]
    assert (action.state, action.sent, homerun.emulator.effects) == (State.DONE, False, [])
    assert action.plan == {
        "writes": [
            {
                "step": "move",
                "method": "PATCH",
                "path": f"job-applications/{application.remote_id}",
                "params": {},
                "body": {"stage": {"id": target, "name": name}},
                "form": {},
                "file": None,
                "part": "",
                "says": "",
            }
        ],
        "calls": 3,
        "open": False,
        "common": {f"the stages of vacancy {job}": action.plan["common"][f"the stages of vacancy {job}"]},
        "shared": 1,
        "own": 2,
        "idle": 2,
        "together": False,
    }


def test_what_a_row_makes_no_more_after_a_write_goes_and_the_person_stays(account: Account):
    application = applied(account)

    action = act(account.connection, "delete_application", application_id=application.remote_id)

    assert action.state == State.DONE
    with scope(tenant=account.connection.tenant):
        gone = Record.objects.get(id=application.id)
        assert gone.deleted_at is not None
        assert Record.objects.get(id=application.candidate).deleted_at is None
        told = Change.objects.filter(record=application.id).latest("id")
    assert (told.kind, told.cause, told.cause_id) == ("deleted", "action", action.id)
