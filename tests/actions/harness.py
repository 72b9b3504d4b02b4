"""What tests of actions share: taking one in and performing it here, as a worker does."""

import time
from typing import Any

from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import intake, performing
from atsbridge.actions.models import OPEN, Action
from atsbridge.connections.models import Connection


def act(connection: Connection, kind: str, *, rehearsal: bool = False, **given: Any) -> Action:
    """Take an action in and perform it once."""
    with scope(tenant=connection.tenant):
        action = intake.accept(connection, intake.read(kind, given), rehearsal=rehearsal)
    return again(action)


def again(action: Action) -> Action:
    """Another attempt at an action, as if its time had come."""
    with scope(tenant=action.connection.tenant):
        Action.objects.filter(pk=action.pk, state__in=OPEN).update(not_before=timezone.now())
        performing.perform(action.pk)
        action.refresh_from_db()
    return action


def finished(action: Action) -> Action:
    """As many attempts as it takes; settle times are short in tests."""
    for _ in range(50):
        if again(action).ended_at:
            return action
        time.sleep(0.02)
    raise AssertionError(f"It does not end: {action.state}, {action.waits_for}")
