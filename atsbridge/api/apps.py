"""The app's place in the project."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """atsbridge.api"""

    name = "atsbridge.api"
    default_auto_field = "django.db.models.BigAutoField"
