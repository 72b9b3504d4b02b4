"""What tests of actions share: taking one in and performing it here, as a worker does."""

import hashlib
import json
import time
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import deciding, intake, performing
from atsbridge.actions.models import OPEN, Action, Upload
from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Person
from tests.sync.harness import documents


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


def decide(action: Action, choice: str, person: Person) -> Action:
    """Let somebody decide about an action."""
    with scope(tenant=action.connection.tenant):
        return deciding.decide(action, choice, person)


def finished(action: Action) -> Action:
    """As many attempts as it takes; settle times are short in tests."""
    for _ in range(50):
        if again(action).ended_at:
            return action
        time.sleep(0.02)
    raise AssertionError(f"It does not end: {action.state}, {action.waits_for}")


def upload(connection: Connection, name: str, content: bytes, **fields: Any) -> dict[str, Any]:
    """A file that was brought here, as an input names it."""
    with scope(tenant=connection.tenant):
        kept = Upload.objects.create(tenant=connection.tenant, file=ContentFile(content, name="kept"))
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "size": len(content), "sha256": digest, "key": str(kept.pk), **fields}


def document(connection: Connection, model: str, remote_id: str) -> dict[str, Any]:
    """A live record as we know it."""
    found = documents(connection, model=model, remote_id=remote_id)
    return dict(json.loads(found[model, remote_id]))
