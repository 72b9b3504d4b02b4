"""The app's place in the project."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """atsbridge.sync"""

    name = "atsbridge.sync"
    default_auto_field = "django.db.models.BigAutoField"
