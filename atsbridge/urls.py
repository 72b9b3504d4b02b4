"""Every address: signing in, the dashboard for people, JSON for machines."""

from allauth.account import urls as allauth
from django.urls import URLPattern, include, path

from atsbridge.api import urls as api
from atsbridge.api.errors import failed
from atsbridge.dashboard import urls as dashboard

ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # closed: says that somebody has to invite you
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}
"""What we take of allauth. An address is not changed by oneself: it is what others invited."""

accounts: list[URLPattern] = [page for page in allauth.urlpatterns if page.name in ACCOUNT_PAGES]

handler500 = failed

urlpatterns = [
    path("accounts/", include(accounts)),
    path("", include(dashboard.urlpatterns)),
    path("", include(api.urlpatterns)),
]
