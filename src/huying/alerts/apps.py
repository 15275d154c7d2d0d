"""App configuration of the room."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """The alerts room."""

    name = "huying.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"
