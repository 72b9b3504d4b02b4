import uuid
from typing import Any

from django.db import migrations, models

NONE = uuid.UUID(int=0)
FEED = ("job", "candidate", "application")
PORTION = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Name the records of earlier events, say the kinds as they are said now, and number them as they came."""
    change = apps.get_model("records", "Change").objects
    listed(apps)
    change.filter(kind="revived").update(kind="created")
    for model in set(change.filter(kind="listed").values_list("model", flat=True)):
        change.filter(kind="listed", model=model).update(kind=f"{model}.listed", record=NONE)
    name(apps)
    for tenant in apps.get_model("tenants", "Tenant").objects.all():
        number(apps, tenant)


def listed(apps: Any) -> None:
    """A model whose first pass was told is listed since then."""
    total = apps.get_model("records", "Total").objects
    for told in apps.get_model("records", "Change").objects.filter(kind="listed"):
        given = {"tenant_id": told.tenant_id}
        row, _ = total.get_or_create(connection_id=told.connection_id, model=told.model, defaults=given)
        row.listed_at = row.listed_at or told.at
        row.save(update_fields=["listed_at"])


def name(apps: Any) -> None:
    """Give events the provider's id of their record, and the job that it is about."""
    last = 0
    while some := list(apps.get_model("records", "Change").objects.filter(id__gt=last).order_by("id")[:PORTION]):
        found = {each.record for each in some}
        record = apps.get_model("records", "Record").objects
        known = {row.id: row for row in record.filter(id__in=found).only("id", "model", "remote_id", "job")}
        for each in some:
            if row := known.get(each.record):
                each.remote_id = row.remote_id
                each.job = row.id if row.model == "job" else row.job if row.model == "application" else NONE
        apps.get_model("records", "Change").objects.bulk_update(some, ["remote_id", "job"], batch_size=100)
        last = some[-1].id


def number(apps: Any, tenant: Any) -> None:
    """Number one tenant's events of the feed in the order in which they were made."""
    change, last, given = apps.get_model("records", "Change").objects, 0, 0
    told = models.Q(model__in=FEED) | models.Q(record=NONE)
    while some := list(change.filter(told, tenant=tenant, id__gt=last).order_by("id")[:PORTION]):
        for each in some:
            given += 1
            each.number = given
        change.bulk_update(some, ["number"], batch_size=100)
        last = some[-1].id
    if given:
        first = change.filter(tenant=tenant, number=1).values_list("at", flat=True).get()
        counter = apps.get_model("tenants", "Counter").objects
        counter.update_or_create(tenant=tenant, defaults={"number": given, "kept_since": first})


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_set_aside_by_time"),
        ("tenants", "0002_counter"),
        ("connections", "0003_announce"),
    ]

    operations = [
        migrations.AddField("total", "listed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("change", "number", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("change", "remote_id", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("change", "job", models.UUIDField(default=NONE)),
        migrations.AddField("change", "stage", models.UUIDField(default=NONE)),
        migrations.AddField("change", "from_stage", models.UUIDField(default=NONE)),
        migrations.AlterField("change", "model", models.CharField(blank=True, max_length=24)),
        migrations.AlterField("change", "record", models.UUIDField(default=NONE)),
        migrations.AlterField("change", "kind", models.CharField(max_length=40)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
