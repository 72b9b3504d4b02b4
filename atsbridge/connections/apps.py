"""The app's place in the project."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """atsbridge.connections"""

    name = "atsbridge.connections"
    default_auto_field = "django.db.models.BigAutoField"
