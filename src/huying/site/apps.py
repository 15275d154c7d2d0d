"""App configuration of the room."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site room: no data of its own, only the commands."""

    name = "huying.site"
    label = "site"

    def ready(self) -> None:
        """What lies in a library's rows is named to the rotation of keys."""
        from huying.site import factors  # noqa: F401, PLC0415 - its models are there only now
