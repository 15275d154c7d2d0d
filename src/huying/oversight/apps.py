"""App configuration of the room."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The oversight room."""

    name = "huying.oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Reports are what the duty to report to the Party organisation counts (MY-4.1)."""
        from huying.duties.rules import register  # noqa: PLC0415  (models are loaded by now)
        from huying.oversight.reads import REPORTS_COUNTED  # noqa: PLC0415

        register("report", REPORTS_COUNTED)
