"""How allauth signs people in here: by e-mail and password, and nobody signs up without an invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up: a person comes by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Answer no: `/accounts/signup/` says that somebody has to invite you."""
        return False
