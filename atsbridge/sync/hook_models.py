"""Webhooks: what makes a provider call us, what it sent, and how far its other signals were followed."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from atsbridge.tenants.scoped import TenantManager


class Hook(models.Model):
    """What makes a provider call us about one connection.

    token: the unguessable end of the address that it calls. sealed: the secret that it signs with, `{field: sealed
    text}`, bound to tenant and connection. remote_id: the provider's id of the registration, url: the address that
    it was registered with. state: none (never asked for), active, lost (was gone when last looked for), refused.
    why: in words, where it is not active. since: when it became what it is. checked_at: when the last look for it
    began."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="hook")
    token = models.CharField(max_length=80, unique=True)
    sealed = models.JSONField(default=dict)
    remote_id = models.CharField(max_length=60, blank=True)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, default="none")
    why = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"hook of {self.connection_id}: {self.state}"


class Arrival(models.Model):
    """One webhook that was received: a hint, stored before it was answered.

    mark: a digest of what was signed, so that a repeat is no second one. kind: what it calls itself, as
    `candidate.updated`. subject: the record that it is about, as `candidates/407500121`, and gone: that it was
    deleted. body: as it was sent, compressed, until it is handled; kept where it failed. state: waiting, handled,
    ignored or failed; error: why. not_before: whoever handles it owns it until then; one that has to wait, waits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="arrivals", db_index=False)
    mark = models.CharField(max_length=32)
    request_id = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    gone = models.BooleanField(default=False)
    body = models.BinaryField(default=b"")
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, default="waiting")
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("connection", "mark"), name="one_arrival_a_request"),)
        indexes = (
            models.Index(fields=("connection", "-received_at"), name="arrivals_of_connection"),
            models.Index(fields=("connection", "subject"), name="arrivals_of_record"),
            models.Index(fields=("received_at",), name="arrivals_by_age"),
            models.Index(fields=("not_before",), name="arrivals_due", condition=models.Q(state="waiting")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.state}"


class Signal(models.Model):
    """What a connection can be asked to learn what changed, as `events`: how far it was followed, and whether it is
    refused.

    cursor: where the next question begins. refused_at, why: the provider does not take the question, or its answer
    cannot be read; it is asked again when the key was tested since, or after a day."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="signals", db_index=False)
    name = models.CharField(max_length=60)
    cursor = models.JSONField(default=dict)
    asked_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=500, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("connection", "name"), name="one_signal_a_name"),)

    def __str__(self) -> str:
        return f"{self.name} of {self.connection_id}"
