"""The staff of a demonstration: a role each, a second factor each, and its code only there."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError

from campaigns.management.demo_environment import STAFF, password_variable, prepare
from campaigns.management.demo_staff import make_demo_staff
from config.roles import ROLES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def staff(db, settings, monkeypatch):
    settings.DEMO = True
    for name in STAFF:
        monkeypatch.setenv(password_variable(name), f"a password of {name}")
    make_demo_staff()


def code(name):
    out = StringIO()
    call_command("demo_code", name, stdout=out)
    return out.getvalue().strip()


def test_every_role_has_an_account_and_none_is_a_superuser(staff):
    assert set(STAFF.values()) == set(ROLES)
    for user in User.objects.all():
        assert [group.name for group in user.groups.all()] == [STAFF[user.username]]
        assert user.is_staff and not user.is_superuser


@pytest.mark.parametrize("name", STAFF)
def test_password_and_printed_code_open_the_desk(client, staff, name):
    client.post("/accounts/login/", {"login": name, "password": f"a password of {name}"})
    assert client.get("/admin/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code(name)})
    assert client.get("/admin/").status_code == 200


def test_a_changed_password_stays_changed(staff):
    editor = User.objects.get(username="editor")
    editor.set_password("another phrase of mine")
    editor.save()
    make_demo_staff()
    editor.refresh_from_db()
    assert editor.check_password("another phrase of mine")
    assert User.objects.count() == len(STAFF)


def test_outside_a_demonstration_no_code_is_shown(staff, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO is off"):
        code("editor")


def test_a_name_that_is_none_of_them_is_refused_with_their_names(staff):
    with pytest.raises(CommandError, match="choose one of researcher, editor"):
        code("nobody")


def test_in_the_environment_of_an_installation_the_command_is_refused():
    """As a process: `manage.py` must not put the demonstration's environment in the place of the real one."""
    given = {"ENV_FILE": "", "DATABASE_URL": "sqlite://:memory:", "EMAIL_URL": "memorymail://", "SECRET_KEY": "s" * 50}
    given |= {"SITE_URL": "https://habeas.example", "ALLOWED_HOSTS": "habeas.example", "SIGNING_KEYS": "x"}
    result = run({**given, "DEFAULT_FROM_EMAIL": "a@habeas.example"})
    assert result.returncode == 1
    assert "DEMO is off" in result.stderr


def test_before_the_demonstration_was_started_the_command_says_so(tmp_path):
    prepare({"DEMO_DIR": str(tmp_path)})
    result = run({"DEMO_DIR": str(tmp_path)})
    assert result.returncode == 1
    assert "start it with `make demo`" in result.stderr


def run(environment):
    command = [sys.executable, "manage.py", "demo_code", "editor"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(command, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True)
