"""The app's place in the project."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """atsbridge.dashboard"""

    name = "atsbridge.dashboard"
    default_auto_field = "django.db.models.BigAutoField"
