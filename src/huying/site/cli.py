"""The command line ``huying``."""

import os
import sys


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
