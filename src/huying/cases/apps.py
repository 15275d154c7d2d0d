"""App configuration of the room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The cases room."""

    name = "huying.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
