"""App configuration of the room."""

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    """The fieldwork room."""

    name = "huying.fieldwork"
    label = "fieldwork"
    default_auto_field = "django.db.models.BigAutoField"
