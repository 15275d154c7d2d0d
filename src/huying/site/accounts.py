"""Accounts are opened by the security administrator; nobody signs up, everybody chooses an own password first."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from huying.org.models import User


class Adapter(DefaultAccountAdapter):
    """Closed sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """A password of one's own ends the one-time password's duty to be changed."""
        user.must_change_password = False
        super().set_password(user, password)
