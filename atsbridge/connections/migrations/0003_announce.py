from typing import Any

from django.db import migrations, models


def told(apps: Any, schema_editor: Any) -> None:
    """Connections of earlier: their state is no news."""
    apps.get_model("connections", "Connection").objects.update(announced=models.F("state"))


class Migration(migrations.Migration):
    dependencies = [("connections", "0003_said_at")]

    operations = [
        migrations.AddField("connection", "announce_each", models.BooleanField(default=False)),
        migrations.AddField("connection", "announced", models.CharField(blank=True, max_length=20)),
        migrations.RunPython(told, migrations.RunPython.noop),
    ]
