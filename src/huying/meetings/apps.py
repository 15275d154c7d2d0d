"""App configuration of the room."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """The meetings room."""

    name = "huying.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"
