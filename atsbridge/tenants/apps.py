"""The app's place in the project."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """atsbridge.tenants"""

    name = "atsbridge.tenants"
    default_auto_field = "django.db.models.BigAutoField"
