"""The environment of `make demo`: one folder, its own secrets, nothing of the machine's own settings."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns.management.demo_environment import STAFF, password_variable, prepare

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]


def prepared(folder, **given):
    environ = {"DEMO_DIR": str(folder), **given}
    prepare(environ)
    return environ


def test_secrets_are_made_once_and_kept(tmp_path):
    first, second = prepared(tmp_path), prepared(tmp_path)
    passwords = [password_variable(name) for name in STAFF]
    for name in ("SECRET_KEY", "SIGNING_KEYS", *passwords):
        assert len(first[name]) >= 16
        assert first[name] == second[name]
    assert len({first[name] for name in passwords}) == len(STAFF) == 7


def test_two_demonstrations_share_no_secret(tmp_path):
    assert prepared(tmp_path / "a")["SECRET_KEY"] != prepared(tmp_path / "b")["SECRET_KEY"]


def test_only_the_owner_may_read_the_secrets(tmp_path):
    prepared(tmp_path)
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600


def test_what_the_machine_has_set_is_not_used(tmp_path):
    mine = {"DATABASE_URL": "postgresql://real", "EMAIL_URL": "smtp://real", "ALLOWED_HOSTS": "real.example"}
    environ = prepared(tmp_path, **mine, SECRET_KEY="real", ENV_FILE="/etc/real", TRUSTED_PROXIES="0.0.0.0/0")
    assert not [name for name, value in environ.items() if "real" in value and name != "DEMO_DIR"]
    assert environ["TRUSTED_PROXIES"] == ""


def test_the_port_is_in_the_address(tmp_path):
    assert prepared(tmp_path, PORT="8123")["SITE_URL"] == "http://127.0.0.1:8123"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eight", "80 80", "８０００"])
def test_a_port_that_is_none_is_refused_with_a_sentence(tmp_path, port):
    with pytest.raises(SystemExit, match="PORT must be a number from 1 to 65535"):
        prepared(tmp_path, PORT=port)


def test_a_folder_that_cannot_be_made_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit, match="cannot be written to"):
        prepared(tmp_path / "file" / "folder")


def test_a_folder_with_an_odd_name_is_found_again(tmp_path):
    folder = tmp_path / "ein Ordner ı %41"
    script = (
        "import os; from campaigns.management.demo_environment import prepare; prepare(os.environ);"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; from django.conf import settings as s;"
        "print(s.DATABASES['default']['NAME'], s.CACHES['default']['LOCATION'], s.EMAIL_FILE_PATH, sep='\\n')"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"DEMO_DIR": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert result.stdout.splitlines() == [f"{folder}/{part}" for part in ("db.sqlite3", "cache", "mail")], (
        result.stderr
    )
