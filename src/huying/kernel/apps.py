"""App configuration of the room."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """The kernel room."""

    name = "huying.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
