"""App configuration of the room."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site room: no data of its own, only the commands."""

    name = "huying.site"
    label = "site"
