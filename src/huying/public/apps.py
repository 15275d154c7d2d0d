"""App configuration of the room."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """The public room."""

    name = "huying.public"
    label = "public"
    default_auto_field = "django.db.models.BigAutoField"
