"""Questions 13 and 14: what can be written is declared with its reasons, and what is written is written once."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from atsbridge.actions.models import Action, State
from connectors.acting import Act
from connectors.emulation_faults import Fault
from connectors.mapping import Unavailable
from connectors.unified.actions import BY_SLUG
from tests.actions.cells import applications, stages
from tests.actions.harness import act, finished
from tests.conformance.account import Account

DONE_OR_UNKNOWN = (State.DONE, State.UNKNOWN)


@pytest.fixture(params=["note", "move"])
def asked(request: pytest.FixtureRequest, account: Account, settings: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """An action that every ATS can do, as (kind, input), in an account that was read."""
    settings.WRITE_SECONDS = settings.SETTLE_WRITE_SECONDS = 0.05
    application = next(applications(account.synced().connection))
    given = {"application_id": application.remote_id}
    if request.param == "note":
        yield "add_note", given | {"content": "One line\nand <another>"}
    else:
        yield "move_application", given | {"stage_id": stages(application)[0]}


def done(account: Account, asked: tuple[str, dict[str, Any]]) -> Action:
    kind, given = asked
    return act(account.connection, kind, **given)


def test_every_action_is_declared_or_unavailable_with_a_reason(account: Account):
    speaks = account.speaks
    permissions = {permission.slug for permission in speaks.permissions if permission.writes}

    assert set(speaks.actions) == set(BY_SLUG)
    for slug, able in speaks.actions.items():
        if isinstance(able, Unavailable):
            assert len(able.reason) > 10
        else:
            assert isinstance(able, Act)
            assert able.permission in permissions or slug == "import_application"  # which writes nothing there
            assert set(able.lacks) <= set(BY_SLUG[slug].__struct_fields__)
            assert all(len(reason) > 10 for reason in able.lacks.values())


def test_what_is_written_changes_one_thing_and_is_read_back(account: Account, asked: tuple[str, dict[str, Any]]):
    action = done(account, asked)

    assert (action.state, action.error, action.warnings) == (State.DONE, "", [])
    assert len(account.emulator.effects) == 1
    before = account.stored()
    account.sync()
    assert account.stored() == before


def test_what_is_refused_has_changed_nothing(account: Account, asked: tuple[str, dict[str, Any]]):
    before = account.stored()
    account.emulator.fail("404", method="write")

    action = done(account, asked)

    assert (action.state, bool(action.error), account.emulator.effects) == (State.REFUSED, True, [])
    assert account.stored() == before


@pytest.mark.parametrize("when", ["before", "after", "late"])
def test_what_is_lost_is_done_once_or_left_to_a_person(account: Account, asked: tuple[str, dict[str, Any]], when: str):
    account.emulator.faults.append(Fault("timeout", method="write", when=when, late=0))

    action = finished(done(account, asked))
    account.emulator.catch_up()

    assert action.state in DONE_OR_UNKNOWN
    assert len(account.emulator.effects) == (0 if when == "before" and action.state == State.UNKNOWN else 1)


def test_a_limit_is_waited_for_and_nothing_is_sent_twice(account: Account, asked: tuple[str, dict[str, Any]]):
    account.emulator.fail("429", method="write")

    action = done(account, asked)

    assert (action.state, action.sent, account.emulator.effects) == (State.WAITING, False, [])
    time.sleep(1)
    assert (finished(action).state, len(account.emulator.effects)) == (State.DONE, 1)


def test_a_rehearsal_says_what_would_be_sent_and_sends_nothing(account: Account, asked: tuple[str, dict[str, Any]]):
    kind, given = asked

    action = act(account.connection, kind, rehearsal=True, **given)

    assert (action.state, len(action.plan["writes"]), account.emulator.effects) == (State.DONE, 1, [])
    before = len(account.emulator.calls)
    done(account, asked)
    assert len(account.emulator.calls) - before <= action.plan["calls"] + 1  # a token may have to be renewed
