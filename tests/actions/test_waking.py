"""What waits until its connection is active goes on as soon as that is so, without waiting for its next look."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.db import transaction
from django_scopes import scope

from atsbridge.actions import tasks
from atsbridge.actions.models import Action, State
from atsbridge.connections import linking, states
from atsbridge.connections.models import Connection
from tests.actions.conftest import Account
from tests.actions.harness import act
from tests.actions.test_performing import applied
from tests.conftest import Browser
from tests.connections.accounts import checked

type Commits = Callable[..., AbstractContextManager[list[Any]]]


class Bells:
    """The bells that were rung; a worker answers them."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[str, ...]]] = []

    def hear(self, sender: str, body: Any, **_: Any) -> None:
        self.heard.append((sender, tuple(body[0])))

    def answer(self) -> None:
        """Do what they are rung for, if that is about actions."""
        while self.heard:
            name, ids = self.heard.pop(0)
            if name.startswith(tasks.__name__):
                getattr(tasks, name.rpartition(".")[2])(*ids)


@pytest.fixture
def bells() -> Iterator[Bells]:
    """The broker's messages."""
    bells = Bells()
    before_task_publish.connect(bells.hear)
    yield bells
    before_task_publish.disconnect(bells.hear)


def waiting(account: Account) -> Action:
    """An action that was asked for while the connection is not active."""
    account.connection.refresh_from_db()
    action = act(account.connection, "add_note", application_id=applied(account).remote_id, content="Good")
    assert (action.state, action.waits_for.startswith("The connection is ")) == (State.WAITING, True)
    return action


def state_of(action: Action) -> str:
    with scope(tenant=action.connection.tenant):
        action.refresh_from_db()
    return action.state


def test_it_goes_on_when_somebody_resumes(
    account: Account, alice: Browser, bells: Bells, django_capture_on_commit_callbacks: Commits
):
    address = f"/t/acme/connections/{account.connection.pk}"
    alice.post(f"{address}/pause/")
    first, second = waiting(account), waiting(account)
    bells.heard.clear()

    with django_capture_on_commit_callbacks(execute=True):
        alice.post(f"{address}/resume/")
        assert bells.heard == []
    bells.answer()

    assert [state_of(each) for each in (first, second)] == [State.DONE, State.DONE]


def test_it_goes_on_when_a_refused_key_works_again(
    account: Account, bells: Bells, django_capture_on_commit_callbacks: Commits
):
    with scope(tenant=account.connection.tenant):
        states.needs_relink(account.connection, "Homerun refuses this key")
    action = waiting(account)
    bells.heard.clear()

    with scope(tenant=account.connection.tenant), django_capture_on_commit_callbacks(execute=True):
        checked(linking.begin_test(account.connection))
    bells.answer()

    assert state_of(action) == State.DONE


def test_nobody_is_woken_by_what_is_not_committed_or_by_another_connection(
    account: Account, bells: Bells, django_capture_on_commit_callbacks: Commits
):
    with scope(tenant=account.connection.tenant):
        states.pause(account.connection)
        other = Connection.objects.create(
            tenant=account.connection.tenant, connector="cats", label="Other", fingerprint="x", state="paused"
        )
    action = waiting(account)
    bells.heard.clear()

    with scope(tenant=account.connection.tenant), django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            states.resume(account.connection)
            transaction.set_rollback(True)
        assert states.resume(other)
    rung = list(bells.heard)
    bells.answer()

    assert rung == [("atsbridge.actions.tasks.go_on", (str(other.tenant_id), str(other.pk)))]
    assert (state_of(action), action.attempts) == (State.WAITING, 1)
