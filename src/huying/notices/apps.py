"""App configuration of the room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The notices room."""

    name = "huying.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
