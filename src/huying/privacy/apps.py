"""App configuration of the room."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The privacy room."""

    name = "huying.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"
