import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tenants.tenant",
                    ),
                ),
                ("number", models.BigIntegerField(default=0)),
                ("forgotten", models.BigIntegerField(default=0)),
                ("kept_since", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
        ),
    ]
