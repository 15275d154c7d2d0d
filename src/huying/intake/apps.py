"""App configuration of the room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """The intake room."""

    name = "huying.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
