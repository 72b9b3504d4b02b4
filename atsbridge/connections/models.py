"""Linked accounts, their sealed credentials, attempts to link, the log of exchanges and the call budgets."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

import connectors
from atsbridge.tenants.models import Person, Tenant
from atsbridge.tenants.scoped import TenantManager
from connectors.base import Connector


class State(models.TextChoices):
    """What a connection is good for."""

    ACTIVE = "active", "Active"
    NEEDS_RELINK = "needs_relink", "Needs relink"
    PAUSED = "paused", "Paused"
    UNLINKING = "unlinking", "Unlinking"


class Connection(models.Model):
    """One tenant's linked ATS account.

    reason: why it needs relinking, in words for people. worked_at: the last time its credentials were accepted.
    refused_at: since when that is in doubt; ask_at: when the provider is asked once more (`connections/doubts.py`).
    reads: the slugs of the unified models that it reads. stamp: the last `changed_at` given to one of its records;
    whoever writes records holds this row's lock. fingerprint: a keyed digest of the credentials. permissions: what
    the last check found. interval: minutes between runs, None for the installation's. failures: runs that failed, in
    a row. purge_at: when an unlinked connection's records go. announce_each: its first pass makes a `created` event
    of every record. announced: the state that the last `connection.…` event told. expires_on: the last day of its
    key, as somebody said; warned_for: the one that its owners were told of. meanings: what people say that the
    account's statuses mean, `{kind: {status id: word}}`; remap_due: that was changed since all was mapped. writing:
    what was chosen of its connector's settings, by slug, where that is not the default. only_ours: of candidates and
    applications only those are read that we created (`records/kept.py`); owes: the run that a change of this still
    needs, narrow (the others go) or full (they come)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="connections")
    connector = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)
    state_since = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=500, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    ask_at = models.DateTimeField(null=True, blank=True)
    account_id = models.CharField(max_length=200, blank=True)
    account_name = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64)
    reads = models.JSONField(default=list)
    permissions = models.JSONField(default=list, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    interval = models.PositiveIntegerField(null=True, blank=True)
    next_run_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    stamp = models.DateTimeField(default=timezone.now)
    renewing_until = models.DateTimeField(null=True, blank=True)
    purge_at = models.DateTimeField(null=True, blank=True)
    announce_each = models.BooleanField(default=False)
    announced = models.CharField(max_length=20, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    warned_for = models.DateField(null=True, blank=True)
    meanings = models.JSONField(default=dict, blank=True)
    remap_due = models.BooleanField(default=False)
    writing = models.JSONField(default=dict, blank=True)
    only_ours = models.BooleanField(default=False)
    owes = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "connector", "fingerprint"),
                condition=~models.Q(state="unlinking"),
                name="one_connection_a_key",
            ),
        )
        indexes = (
            models.Index(fields=("state", "next_run_at"), name="connections_due"),
            models.Index(
                fields=("expires_on",), name="connections_expiring", condition=models.Q(expires_on__isnull=False)
            ),
            models.Index(fields=("ask_at",), name="connections_in_doubt", condition=models.Q(ask_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def speaks(self) -> type[Connector]:
        """The connector class of its ATS."""
        return connectors.get(self.connector)


class Credential(models.Model):
    """One sealed credential of a connection: `version:key id:nonce:ciphertext`, bound to tenant, connection and
    field."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="credentials")
    field = models.CharField(max_length=60)
    sealed = models.TextField()

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("connection", "field"), name="one_credential_a_field"),)

    def __str__(self) -> str:
        return f"{self.field} of {self.connection_id}"


class Attempt(models.Model):
    """An attempt to link or relink an account, or a test of a connection's permissions.

    kind: link, relink or test. state: waiting (for a worker), checking, checked, failed, finished, expired. sealed:
    the credentials by field, emptied when the attempt fails, is finished or is an hour old. verdicts: the
    permissions found so far, `[{slug, label, shown, scope, allowed, why, required, models}]`. error, step: what
    went wrong and what to do. expires_on: the last day of the key, where somebody said so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="attempts")
    connector = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, default="link")
    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.CASCADE, related_name="attempts")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, default="waiting")
    sealed = models.JSONField(default=dict)
    hint = models.CharField(max_length=10, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    write_probes = models.BooleanField(default=False)
    expires_on = models.DateField(null=True, blank=True)
    verdicts = models.JSONField(default=list)
    account = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    step = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"{self.kind} of {self.connector}: {self.state}"


class Notice(models.Model):
    """A mail to one owner about a connection (`connections/notices.py`).

    kind: needs_relink, works_again or expires. about: the occasion, which is since when it needed them or the last
    day of its key: nobody is told twice of one. state: queued, sending, sent, moot (not true any more when its turn
    came), failed or lost (it may have gone). rung_at: when its bell was last rung, or somebody began to send it.
    error: why it has not gone yet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="queued")
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("connection", "person", "kind", "about"), name="one_notice_an_occasion"),
        )
        indexes = (
            models.Index(
                fields=("not_before",), name="notices_due", condition=models.Q(state__in=("queued", "sending"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}: {self.state}"


class Exchange(models.Model):
    """One request to a provider and what came of it. `ms` duration, `size` bytes of the answer, body compressed.

    by: what caused it, as `run`, `attempt`, `detail`; by_id: that row's id. walk: the resource that a run was
    reading. said_at: when a failed one was answered, until error and body are emptied."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.CASCADE, related_name="exchanges"
    )
    by = models.CharField(max_length=10)
    by_id = models.UUIDField(null=True, blank=True)
    walk = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(default=timezone.now)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    query = models.CharField(max_length=2000, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    ms = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    request_headers = models.JSONField(default=dict)
    response_headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    error = models.CharField(max_length=500, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        indexes = (
            models.Index(fields=("by_id", "id"), name="exchanges_by_cause"),
            models.Index(fields=("connection", "-id"), name="exchanges_of_connection"),
            models.Index(fields=("at",), name="exchanges_by_age"),
            models.Index(fields=("said_at",), name="exchanges_to_empty", condition=models.Q(said_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class Budget(models.Model):
    """The calls of one provider account, or of one key where the account is unknown. It belongs to no tenant.

    Moments are seconds since 1970. calls: `[[start, calls], …]`, those that ended in the window, by slices of time.
    open: the deadlines of those under way. writes: `{who: until}`, the writes that wait and how long reading lets them
    go first. others: what others than us had used when the provider last said, at others_at. ceded: what we left to
    them at the last 429, at ceded_at. joined: the account that all this counts for instead. blocked_until: nobody calls
    before."""

    connector = models.CharField(max_length=40)
    account = models.CharField(max_length=80)
    limit = models.PositiveIntegerField()
    calls = models.JSONField(default=list)
    open = models.JSONField(default=list)
    writes = models.JSONField(default=dict)
    others = models.PositiveIntegerField(default=0)
    others_at = models.FloatField(default=0)
    ceded = models.PositiveIntegerField(default=0)
    ceded_at = models.FloatField(default=0)
    joined = models.CharField(max_length=80, blank=True)
    blocked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("connector", "account"), name="one_budget_an_account"),)

    def __str__(self) -> str:
        return f"{self.connector} {self.account}"
