"""Actions: what is to be written, who asked, how far it is, what came of it; and their files."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import ApiKey, Person, Tenant
from atsbridge.tenants.scoped import TenantManager


class State(models.TextChoices):
    """Where an action stands.

    queued ─▶ running ─▶ done | refused | failed | unknown      the provider said yes · no · nothing was written · ?
       ▲         │
       └ waiting ┘        for budget, relink, resuming, an earlier action on the person, or until a write is settled
    queued, waiting ─▶ cancelled | expired                      while nothing may have been sent
    unknown ─▶ done | queued                                    by a person only
    """

    QUEUED = "queued", "Queued"
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


OPEN = (State.QUEUED, State.WAITING, State.RUNNING)
"""States that go on by themselves."""


class Batch(models.Model):
    """The same done to many applications, each an action of its own.

    kind: the slug of what is done. given: what each is told besides, JSON text. rows: `[[remote id of the application,
    what only it is told], …]`. probe: the rehearsal of the first, which tells what each costs. refused: `{remote id:
    words}` of those that were not taken in. taken_in: all others are actions by now. common: `{name: value}`, what is
    the same for every row. lease, lease_until: whoever reads back what was written; not_before: when that goes on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="batches")
    kind = models.CharField(max_length=30)
    given = models.TextField(default="{}")
    rows = models.JSONField(default=list)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    probe = models.ForeignKey("Action", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    refused = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(default=timezone.now)
    taken_in = models.BooleanField(default=False)
    common = models.JSONField(default=dict)
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        indexes = (
            models.Index(
                fields=("rung_at",),
                name="batches_due",
                condition=models.Q(started_at__isnull=False, stopped_at__isnull=True, taken_in=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {len(self.rows)}"


LOGGED = models.Q(rehearsal=False)
"""What stands in the log."""


def _log_by(name: str, *fields: str, of: models.Q = LOGGED) -> models.Index:
    """An index in the order of the log (`dashboard/act_log.py`): by some fields, then the newest first, so that a page
    reads as much as it shows at any depth."""
    return models.Index(fields=(*fields, "-created_at", "-id"), name=name, condition=of)


class Action(models.Model):
    """One unified write.

    kind: the slug of what is done. person, api_key: who asked; by: their name then. input: what they gave, canonical
    JSON text. digest: over it, without the keys of its files. key: the Idempotency-Key. about: whose it is, so that the
    actions on one person keep their order (`order.py`); order: its place among the connection's. attempts: how often a
    worker took it; lease: the one that has it, until lease_until, and nobody else may send or store. steps: `{name:
    {state: sent | done | looked, …}}`, what was sent and what came of it (`steps.py`). sent: something may have been
    sent, so that only settling ends it. waits_for, error, step: in words. refused_with: the status with which the
    provider refused it, none where a rule of ours did. warnings: sentences. incomplete: a step after
    the main thing failed. remote_id: of what it is about. forget_at: when it is looked at for what is to go;
    emptied_at: when what it was told went (`forgetting.py`). unread: what of it is read back with the others of its
    batch (`readback.Unread`, JSON text), "" once that was done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="actions")
    kind = models.CharField(max_length=30)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=200, blank=True)
    input = models.TextField(default="{}")
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=255, blank=True)
    about = models.CharField(max_length=300)
    order = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    steps = models.JSONField(default=dict)
    sent = models.BooleanField(default=False)
    waits_for = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    refused_with = models.PositiveSmallIntegerField(null=True, blank=True)
    step = models.CharField(max_length=300, blank=True)
    warnings = models.JSONField(default=list)
    incomplete = models.BooleanField(default=False)
    remote_id = models.TextField(blank=True)
    rehearsal = models.BooleanField(default=False)
    plan = models.JSONField(default=dict)
    forget_at = models.DateTimeField(default=timezone.now)
    emptied_at = models.DateTimeField(null=True, blank=True)
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions")
    unread = models.TextField(default="", blank=True)

    replayed = False
    """Whether somebody who asked again was led to it; of no row, but of this answer."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("connection", "order"), name="one_action_a_place"),
            models.UniqueConstraint(
                fields=("connection", "kind", "key"), condition=~models.Q(key=""), name="one_action_a_key"
            ),
        )
        indexes = (
            models.Index(fields=("connection", "about", "order"), name="actions_about"),
            _log_by("actions_of_tenant", "tenant"),
            _log_by("actions_of_connection", "tenant", "connection"),
            _log_by("actions_of_kind", "tenant", "kind"),
            _log_by("actions_of_person", "tenant", "person"),
            _log_by("actions_not_done", "tenant", "state", of=LOGGED & ~models.Q(state=State.DONE)),  # most are done
            models.Index(fields=("not_before",), name="actions_due", condition=models.Q(state__in=OPEN)),
            models.Index(fields=("forget_at",), name="actions_to_empty", condition=models.Q(ended_at__isnull=False)),
            models.Index(fields=("batch",), name="actions_unread", condition=~models.Q(unread="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} on {self.connection_id}: {self.state}"


class Touched(models.Model):
    """A record that an action is about or has touched, so that the record's page can tell of it."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="touched")
    record = models.UUIDField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("action", "record"), name="touched_once"),)
        indexes = (models.Index(fields=("record", "-id"), name="actions_of_record"),)

    def __str__(self) -> str:
        return f"{self.record} by {self.action_id}"


class Upload(models.Model):
    """A file of an action, kept until the action has ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    action = models.ForeignKey(Action, null=True, blank=True, on_delete=models.CASCADE, related_name="uploads")
    file = models.FileField(upload_to="actions/")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"file {self.id}"


@receiver(pre_delete, sender=Upload)
def _with_its_row(instance: Upload, **_: Any) -> None:
    """A file goes with its row whoever deletes that: a purged connection takes its actions along."""
    instance.file.delete(save=False)
