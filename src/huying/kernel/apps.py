"""App configuration of the room."""

from django.apps import AppConfig
from django.forms import Field


class KernelConfig(AppConfig):
    """The kernel room."""

    name = "huying.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The framework's sentence for an empty field is a translator's; this is ours, once for all forms."""
        Field.default_error_messages["required"] = "这一项要填写。"
