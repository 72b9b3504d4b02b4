import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Three indexes of records begin with the tenant; one of the tenant alone serves nothing besides."""

    dependencies = [("records", "0009_packing")]

    operations = [
        migrations.AlterField(
            "record",
            "tenant",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
            ),
        ),
    ]
