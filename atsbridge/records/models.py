"""Unified records, their change events, the rows that could not be read, and the totals."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.tenants.models import Tenant
from atsbridge.tenants.scoped import TenantManager

NONE = uuid.UUID(int=0)
"""Stands in a reference column for "names nothing"; the columns are never null."""
NUMBERED = models.Q(number__isnull=False)


class Record(models.Model):
    """One unified record. design.md, section 3, says what each column means.

    id: uuid5 of connection, model and remote id. model: the unified model's slug. document: the unified values as
    JSON text. remote: `{source: answer}` as JSON text, "" the list row. digest: `{source: digest}`. made: what its
    row makes besides, `[[model, remote id], …]`. wire: the values in Truto's shape. resource: the provider's list
    that carries its row. owner: the record whose row or detail makes it, NONE for the others. read_at: when the
    request began that its values come from. job, candidate, stage, application: our ids of what it refers to. emails:
    each between line feeds. sort, search: accent-stripped and case-folded. stage_since: since when we see it in its
    stage; stage_exact is false where it stood there already when we first looked. emptied_at: when the values of a
    deleted record went (`forgetting`).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="records", db_index=False)
    model = models.CharField(max_length=24)
    remote_id = models.TextField()
    document = models.TextField()
    remote = models.TextField(default="{}")
    digest = models.TextField(default="{}")
    made = models.TextField(default="[]")
    wire = models.TextField(default="{}")
    warnings = models.TextField(default="[]")
    resource = models.CharField(max_length=60, default="")
    owner = models.UUIDField(default=NONE)
    changed_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    created_at = models.DateTimeField()
    remote_created_at = models.DateTimeField(null=True, blank=True)
    remote_updated_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    read_at = models.DateTimeField()
    detail_read_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)
    title = models.TextField(default="")
    sort = models.CharField(max_length=200, default="")
    search = models.TextField(default="")
    status = models.CharField(max_length=40, default="")
    source = models.TextField(default="")
    emails = models.TextField(default="")
    job = models.UUIDField(default=NONE)
    candidate = models.UUIDField(default=NONE)
    application = models.UUIDField(default=NONE)
    stage = models.UUIDField(default=NONE)
    position = models.IntegerField(default=0)
    stage_since = models.DateTimeField(null=True, blank=True)
    stage_exact = models.BooleanField(default=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        indexes = (
            models.Index(fields=("connection", "model", "touched_at", "id"), name="records_touched"),
            models.Index(fields=("connection", "model", "created_at", "id"), name="records_created"),
            models.Index(fields=("tenant", "model", "sort", "id"), name="records_sorted"),
            models.Index(fields=("tenant", "model", "changed_at", "id"), name="records_changed"),
            models.Index(fields=("tenant", "model", "created_at", "id"), name="records_dated"),
            models.Index(fields=("job", "model", "stage", "created_at", "id"), name="records_of_job"),
            models.Index(fields=("candidate", "model", "id"), name="records_of_candidate"),
            models.Index(fields=("application", "model", "id"), name="records_of_application"),
            models.Index(fields=("owner",), name="records_of_owner", condition=~models.Q(owner=NONE)),
            models.Index(
                fields=("deleted_at",),
                name="records_to_empty",
                condition=models.Q(deleted_at__isnull=False, emptied_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.remote_id}"


class Change(models.Model):
    """One change event.

    kind: `created`, `updated`, `deleted`; of applications besides `stage_changed`, `hired`, `rejected`; and what is
    about no record, `<model>.listed`, `connection.<state>`, `sync.finished`. number: its place in the tenant's feed;
    the models that the feed leaves out have none. before, after: the fields that changed, as JSON text; a deletion
    carries none, and "" stands where they were emptied. job, stage: the application's, or the job itself; from_stage:
    the stage that it left. connection: gone where it was purged, for its events keep their numbers. cause, cause_id:
    what brought it (`run`, `detail`, `remap`, `unlink`, `webhook`, `action`, `settings`, `sweep`, `history`: the
    provider's own)."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField(null=True, blank=True)
    connection = models.ForeignKey(
        Connection, on_delete=models.DO_NOTHING, related_name="changes", db_index=False, db_constraint=False
    )
    model = models.CharField(max_length=24, blank=True)
    record = models.UUIDField(default=NONE)
    remote_id = models.TextField(blank=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    job = models.UUIDField(default=NONE)
    stage = models.UUIDField(default=NONE)
    from_stage = models.UUIDField(default=NONE)
    before = models.TextField(default="{}")
    after = models.TextField(default="{}")
    cause = models.CharField(max_length=10)
    cause_id = models.UUIDField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "number"), name="one_event_a_number"),)
        indexes = (
            models.Index(fields=("record", "-id"), name="changes_of_record"),
            models.Index(fields=("connection", "number"), name="changes_of_connection"),
            models.Index(fields=("tenant", "kind", "number"), name="changes_of_kind", condition=NUMBERED),
            models.Index(fields=("job", "number"), name="changes_of_job", condition=NUMBERED & ~models.Q(job=NONE)),
            models.Index(
                fields=("stage", "number"), name="changes_to_stage", condition=NUMBERED & ~models.Q(stage=NONE)
            ),
            models.Index(
                fields=("from_stage", "number"),
                name="changes_from_stage",
                condition=NUMBERED & ~models.Q(from_stage=NONE),
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.record} {self.kind}"


class Kept(models.Model):
    """A candidate or application that is read where a connection reads only what we created.

    record: our id of it. by: `action` (it was made by one), `import` (somebody named it) or `application` (a kept one
    is theirs); by_id: the action. misses: how often in a row it was asked for and not there, of what was never seen;
    ask_at: not before then, which is a longer while each time."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="kept", db_index=False)
    model = models.CharField(max_length=24)
    remote_id = models.TextField()
    record = models.UUIDField()
    since = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=12)
    by_id = models.UUIDField(null=True, blank=True)
    misses = models.PositiveIntegerField(default=0)
    ask_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("connection", "record"), name="kept_once"),)
        indexes = (models.Index(fields=("connection", "model", "remote_id"), name="kept_in_order"),)

    def __str__(self) -> str:
        return f"{self.model} {self.remote_id}"


class SetAside(models.Model):
    """A row that could not be read: the reason and the raw row, until the row changes. `met_at`: when it was last
    read."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="set_aside")
    resource = models.CharField(max_length=60)
    remote_id = models.TextField(blank=True)
    digest = models.CharField(max_length=32)
    reason = models.CharField(max_length=500)
    row = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    met_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("connection", "resource", "digest"), name="one_set_aside_row"),)
        indexes = (models.Index(fields=("connection", "-at", "-id"), name="set_aside_by_time"),)

    def __str__(self) -> str:
        return f"{self.resource} {self.remote_id}: {self.reason}"


class Beside(models.Model):
    """What a connection's mappings need beside the rows: `{source path: answer}` as JSON text, and its digest."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="beside")
    answers = models.TextField(default="{}")
    digest = models.CharField(max_length=32, default="")
    read_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    def __str__(self) -> str:
        return f"beside {self.connection_id}"


class Total(models.Model):
    """How many live records of one model a connection has, kept in the transaction that changes it.

    listed_at: since when readers may list the model and follow; each new record after it is an event."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="totals")
    model = models.CharField(max_length=24)
    count = models.IntegerField(default=0)
    listed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("connection", "model"), name="one_total_a_model"),)

    def __str__(self) -> str:
        return f"{self.model}: {self.count}"
