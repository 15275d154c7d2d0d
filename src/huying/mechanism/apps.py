"""App configuration of the room."""

from django.apps import AppConfig


class MechanismConfig(AppConfig):
    """The mechanism room."""

    name = "huying.mechanism"
    label = "mechanism"
    default_auto_field = "django.db.models.BigAutoField"
