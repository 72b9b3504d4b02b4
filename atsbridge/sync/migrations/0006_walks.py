import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0001_initial"),
        ("sync", "0005_allowance"),
        ("tenants", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("model", models.CharField(max_length=24)),
                ("state", models.CharField(default="open", max_length=10)),
                ("count", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name="walk",
            options={"ordering": ("position", "id")},
        ),
        migrations.RemoveConstraint(
            model_name="walk",
            name="one_walk_a_resource",
        ),
        migrations.RemoveField(
            model_name="run",
            name="held",
        ),
        migrations.AddField(
            model_name="nomination",
            name="expired",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="nomination",
            name="proved",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="run",
            name="drift",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="run",
            name="kind",
            field=models.CharField(default="complete", max_length=10),
        ),
        migrations.AddField(
            model_name="walk",
            name="how",
            field=models.CharField(default="list", max_length=10),
        ),
        migrations.AddField(
            model_name="walk",
            name="place",
            field=models.JSONField(default=dict),
        ),
        migrations.AddConstraint(
            model_name="walk",
            constraint=models.UniqueConstraint(fields=("run", "resource", "how"), name="one_walk_a_way"),
        ),
        migrations.AddField(
            model_name="question",
            name="connection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="connections.connection"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="tenant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"),
        ),
        migrations.AddField(
            model_name="nomination",
            name="question",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="nominations",
                to="sync.question",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("connection", "model"), name="one_open_question_a_model"
            ),
        ),
    ]
