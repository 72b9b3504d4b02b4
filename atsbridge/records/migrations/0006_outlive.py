import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Events outlive their connection: who follows the feed misses no number when one is purged."""

    dependencies = [("connections", "0007_expiry"), ("records", "0005_feed_indexes")]

    operations = [
        migrations.AlterField(
            "change",
            "connection",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="changes",
                to="connections.connection",
            ),
        ),
    ]
