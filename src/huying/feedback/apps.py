"""App configuration of the room."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """The feedback room."""

    name = "huying.feedback"
    label = "feedback"
    default_auto_field = "django.db.models.BigAutoField"
