#!/usr/bin/env python3
"""Habeas at the command line."""

import os
import sys


def main() -> None:
    """Runs one command; `manage.py demo` brings its own environment, made once and kept with the demo's data, and so
    does `manage.py demo_code` unless it is run in the environment of an installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1:2]
    if command == ["demo"] or (command == ["demo_code"] and "DATABASE_URL" not in os.environ):
        from campaigns.management.demo_environment import prepare

        prepare(os.environ)
    insist_on_settings()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def insist_on_settings() -> None:
    """Says in a sentence which setting is missing or wrong: Django goes on without, and fails later for another
    reason."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        settings.SITE_URL  # noqa: B018 - reading one reads all.
    except ImproperlyConfigured as error:
        sys.exit(f"{str(error).rstrip('.')}. docs/running.md explains every setting; `make demo` needs none.")


if __name__ == "__main__":
    main()
