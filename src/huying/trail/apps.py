"""App configuration of the room."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """The trail room."""

    name = "huying.trail"
    label = "trail"
    default_auto_field = "django.db.models.BigAutoField"
