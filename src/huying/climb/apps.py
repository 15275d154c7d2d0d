"""App configuration of the room."""

from django.apps import AppConfig


class ClimbConfig(AppConfig):
    """The climb room."""

    name = "huying.climb"
    label = "climb"
    default_auto_field = "django.db.models.BigAutoField"
