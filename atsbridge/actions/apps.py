"""The app's place in the project."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """atsbridge.actions"""

    name = "atsbridge.actions"
    default_auto_field = "django.db.models.BigAutoField"
