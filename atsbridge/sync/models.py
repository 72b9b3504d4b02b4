"""Runs, the walks through a provider's lists, their pages, nominations for deletion, and readings of one detail."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from atsbridge.connections.exchanges import NO_MORE
from atsbridge.connections.models import Connection
from atsbridge.sync.hook_models import Arrival as Arrival
from atsbridge.sync.hook_models import Hook as Hook
from atsbridge.sync.hook_models import Signal as Signal
from atsbridge.tenants.models import Person, Tenant
from atsbridge.tenants.scoped import TenantManager

COUNTS = ("read", "created", "changed", "deleted", "set_aside")
"""What a run counts of each model."""
MENDED = {"created": "missing", "changed": "stale", "deleted": "surplus"}
"""What a complete run mended → what that was before: nothing had told us of it."""
HERE = ("remap", "narrow")
"""The kinds of run that make no call."""
SAYS = ~models.Q(error__in=("", NO_MORE))
"""What still holds a provider's words."""


class Run(models.Model):
    """One pass over a connection.

    kind: complete (every list whole), quick (whatever tells what is new), remap (what is stored, mapped anew),
    narrow (what is not ours goes).
    state: waiting (for a worker, or until not_before), running, succeeded, partial, failed, cancelled. first: no run of
    this connection had come to its end before. trigger: schedule, person (who may have joined it), link, command or
    settings. lease_until: whoever runs it owns it until then. rung_at: when its bell was last rung. attempts,
    takeovers: how often it failed, and was taken over from a worker that was gone, since something was stored.
    waits_for: why nothing moves, in words. phase: beside, events, walks, deletions, done.
    counts: `{model: {read, created, changed, deleted, set_aside, warned}}`; warned: records that were read but for a
    value. drift: what a complete run found out of step and mended, `{model: {missing, stale, surplus}}`.
    floor_calls: how many of its calls used the budget's floor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=10, default="complete")
    state = models.CharField(max_length=10, default="waiting")
    trigger = models.CharField(max_length=10, default="schedule")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    first = models.BooleanField(default=False)
    full = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    rung_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    takeovers = models.PositiveIntegerField(default=0)
    waits_for = models.CharField(max_length=300, blank=True)
    phase = models.CharField(max_length=10, default="beside")
    drift = models.JSONField(default=dict)
    calls = models.PositiveIntegerField(default=0)
    floor_calls = models.PositiveSmallIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    step = models.CharField(max_length=300, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("connection",), condition=models.Q(ended_at__isnull=True), name="one_running_sync_a_connection"
            ),
        )
        indexes = (
            models.Index(fields=("connection", "-created_at"), name="runs_of_connection"),
            models.Index(fields=("tenant", "-created_at", "-id"), name="runs_of_tenant"),
            models.Index(fields=("not_before",), name="runs_due", condition=models.Q(ended_at__isnull=True)),
            models.Index(fields=("ended_at",), name="runs_to_empty", condition=SAYS),
        )

    def __str__(self) -> str:
        return f"run {self.number} of {self.connection_id}: {self.state}"


class Walk(models.Model):
    """One run's way through one of the provider's lists.

    how: what of the list it reads (`sync/courses.py`). params, place: the next page's request and where its course is,
    which are the checkpoint. state: waiting, walking, walked (to the end), failed, or refused where the provider cannot
    be asked in this way. total: what the provider says there is to bring, where it says so. failures: temporary ones on
    this page, in a row."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="walks")
    resource = models.CharField(max_length=60)
    how = models.CharField(max_length=10, default="list")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default="waiting")
    params = models.JSONField(default=dict)
    place = models.JSONField(default=dict)
    pages_read = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    step = models.CharField(max_length=300, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "resource", "how"), name="one_walk_a_way"),)
        indexes = (models.Index(fields=("ended_at",), name="walks_to_empty", condition=SAYS),)
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.resource}: {self.state}"


class Page(models.Model):
    """One page of a walk: its request, the ids of the records that it made (packed), and its counts.

    mark: of its rows and of what read them, where its records stood as it says, else "". stamp: when that was, as
    records are stamped."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    walk = models.ForeignKey(Walk, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    params = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    rows = models.PositiveIntegerField(default=0)
    ids = models.BinaryField(default=b"")
    counts = models.JSONField(default=dict)
    mark = models.CharField(max_length=24, default="")
    stamp = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("walk", "number"), name="one_page_a_number"),)
        indexes = (models.Index(fields=("at",), name="pages_by_age"),)

    def __str__(self) -> str:
        return f"page {self.number} of {self.walk_id}"


class Question(models.Model):
    """Whether records that the provider no longer returns are to be deleted here, because they are too many to believe.

    Its nominations are what it is about. state: open, delete or keep (as a person answered), done (deleted) or moot
    (everything came back). count: how many it lists. total: how many there were when it was asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="questions")
    model = models.CharField(max_length=24)
    state = models.CharField(max_length=10, default="open")
    count = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "model"), condition=models.Q(state="open"), name="one_open_question_a_model"
            ),
        )

    def __str__(self) -> str:
        return f"delete {self.count} of {self.total} {self.model}? {self.state}"


class Nomination(models.Model):
    """A record that was not met where it has to stand. `misses` counts complete runs in a row; `asked` once its own
    address was asked in this run; `proved` where a window of ids proved it gone; `expired` where the provider had to
    forget it by now; `question` where a person is asked first."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="nominations")
    record = models.UUIDField(unique=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    question = models.ForeignKey(Question, null=True, blank=True, on_delete=models.SET_NULL, related_name="nominations")
    model = models.CharField(max_length=24)
    remote_id = models.TextField()
    misses = models.PositiveSmallIntegerField(default=1)
    asked = models.BooleanField(default=False)
    proved = models.BooleanField(default=False)
    expired = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"{self.record} missed {self.misses} times"


class Reading(models.Model):
    """Somebody waits for one record's detail. state: waiting, reading, done or failed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="readings")
    record = models.UUIDField()
    state = models.CharField(max_length=10, default="waiting")
    created_at = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("record",), condition=models.Q(ended_at__isnull=True), name="one_open_reading_a_record"
            ),
        )

    def __str__(self) -> str:
        return f"reading of {self.record}: {self.state}"
