"""App configuration of the room."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The desk room."""

    name = "huying.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
