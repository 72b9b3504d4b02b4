"""The app's place in the project."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """atsbridge.records"""

    name = "atsbridge.records"
    default_auto_field = "django.db.models.BigAutoField"
