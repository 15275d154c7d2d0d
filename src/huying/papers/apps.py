"""App configuration of the room."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """The papers room."""

    name = "huying.papers"
    label = "papers"
    default_auto_field = "django.db.models.BigAutoField"
