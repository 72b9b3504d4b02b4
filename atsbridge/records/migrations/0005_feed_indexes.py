import uuid
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

NUMBERED = models.Q(number__isnull=False)
NONE = uuid.UUID(int=0)


def index(name: str, *fields: str, **more: Any) -> migrations.AddIndex:
    """Add one index of the feed."""
    return migrations.AddIndex("change", models.Index(fields=fields, name=name, **more))


class Migration(migrations.Migration):
    """Apart from the filling: PostgreSQL builds no index on a table whose rows it has yet to check."""

    dependencies = [("records", "0002_feed")]

    operations = [
        migrations.RemoveIndex("change", "changes_of_connection"),
        migrations.AlterField(
            "change",
            "tenant",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddConstraint(
            "change", models.UniqueConstraint(fields=("tenant", "number"), name="one_event_a_number")
        ),
        index("changes_of_connection", "connection", "number"),
        index("changes_of_kind", "tenant", "kind", "number", condition=NUMBERED),
        index("changes_of_job", "job", "number", condition=NUMBERED & ~models.Q(job=NONE)),
        index("changes_to_stage", "stage", "number", condition=NUMBERED & ~models.Q(stage=NONE)),
        index("changes_from_stage", "from_stage", "number", condition=NUMBERED & ~models.Q(from_stage=NONE)),
    ]
