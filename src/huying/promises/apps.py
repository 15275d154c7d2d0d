"""App configuration of the room."""

from django.apps import AppConfig


class PromisesConfig(AppConfig):
    """The promises room."""

    name = "huying.promises"
    label = "promises"
    default_auto_field = "django.db.models.BigAutoField"
