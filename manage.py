#!/usr/bin/env python3
"""Habeas at the command line."""

import os
import sys


def main() -> None:
    """Runs one command; `manage.py demo` brings its own environment, made once and kept with the demo's data."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        from campaigns.management.demo_environment import prepare

        prepare(os.environ)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
