"""App configuration of the room."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """The org room."""

    name = "huying.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"
