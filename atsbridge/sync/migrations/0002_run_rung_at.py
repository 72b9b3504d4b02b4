import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="run", name="rung_at", field=models.DateTimeField(default=django.utils.timezone.now)
        )
    ]
