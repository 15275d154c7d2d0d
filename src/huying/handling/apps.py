"""App configuration of the room."""

from django.apps import AppConfig


class HandlingConfig(AppConfig):
    """The handling room."""

    name = "huying.handling"
    label = "handling"
    default_auto_field = "django.db.models.BigAutoField"
