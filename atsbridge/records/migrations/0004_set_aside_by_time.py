from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_forgetting")]

    operations = [
        migrations.AddIndex(
            model_name="setaside",
            index=models.Index(fields=["connection", "-at", "-id"], name="set_aside_by_time"),
        ),
    ]
