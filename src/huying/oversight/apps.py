"""App configuration of the room."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The oversight room."""

    name = "huying.oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"
