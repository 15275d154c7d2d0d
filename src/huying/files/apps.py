"""App configuration of the room."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The files room."""

    name = "huying.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
