from django.core.management import call_command
from django.db import connection
from plugins.database import wanted


def test_system_checks_find_nothing():
    call_command("check", fail_level="WARNING")


def test_the_run_is_on_the_database_it_says(db):
    assert connection.vendor == wanted()
