import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from plugins.database import ENVIRONMENT

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = [
    "SITE_URL",
    "SECRET_KEY",
    "SIGNING_KEYS",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
]


def read_names() -> set[str]:
    """Every variable that settings.py asks the environment for."""
    tree = ast.parse((ROOT / "config" / "settings.py").read_text("utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    asked = (call for call in calls if isinstance(call.func.value, ast.Name) and call.func.value.id == "env")
    return {call.args[0].value for call in asked if call.args and isinstance(call.args[0], ast.Constant)}


def load(**changes) -> subprocess.CompletedProcess:
    """Reads the settings in a process of its own, as a start of the site does."""
    env = {**os.environ, **ENVIRONMENT, "DATABASE_URL": "sqlite://:memory:", **changes}
    env = {name: value for name, value in env.items() if value is not None}
    command = [sys.executable, "-c", "import django; django.setup(); print('read')"]
    return subprocess.run(
        command, cwd=ROOT, env={**env, "DJANGO_SETTINGS_MODULE": "config.settings"}, capture_output=True, text=True
    )


def test_every_setting_is_explained_in_the_example_and_in_the_docs():
    example = set(re.findall(r"^#? ?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    table = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs" / "running.md").read_text("utf-8"), re.MULTILINE))
    assert read_names() <= example | {"ENV_FILE"}
    assert read_names() <= table


def test_every_secret_can_be_made_before_anything_is_installed():
    example = (ROOT / ".env.example").read_text("utf-8")
    makers = re.findall(r'^# python3 -c "(.+)"$', example, re.MULTILINE)
    assert example.count("python") == len(makers) == 5
    for maker in makers:
        made = subprocess.run([sys.executable, "-I", "-S", "-c", maker], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        if "b64" in maker:
            Fernet(made.stdout.strip())


def test_complete_settings_are_read():
    assert load().stdout == "read\n"


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_setting_is_named(name):
    result = load(**{name: None})
    assert result.returncode != 0
    assert name in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("hosts", ["*", ".example.org", "habeas.example,*"])
def test_hosts_must_be_named_exactly(hosts):
    result = load(ALLOWED_HOSTS=hosts)
    assert "ALLOWED_HOSTS must name each host exactly" in result.stderr


def test_the_address_must_be_whole():
    assert "SITE_URL must be a whole address" in load(SITE_URL="habeas.example").stderr


def test_a_demonstration_is_no_deployment():
    env = {**os.environ, **ENVIRONMENT, "DATABASE_URL": "sqlite://:memory:", "DEMO": "1"}
    command = [sys.executable, "manage.py", "check", "--deploy"]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert result.returncode != 0
    assert "habeas.E001" in result.stderr
    assert "habeas.E002" in result.stderr  # and its cache is one that other processes do not see


def value(expression, **changes):
    """What an expression is once the site has started with these settings, in a process of its own."""
    env = {**os.environ, **ENVIRONMENT, "DATABASE_URL": "sqlite://:memory:", **changes}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    script = "import django; django.setup(); from django.core.files.storage import default_storage as media\n"
    script += f"from django.core.cache import caches\nprint({expression})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True)
    return done.stdout.strip() or done.stderr


def test_redis_may_go_away():
    assert value("type(caches['default']).__name__", CACHE_URL="rediscache://127.0.0.1:1/1") == "PatientRedisCache"


def test_uploads_go_to_a_private_bucket_where_one_is_named():
    shown = "media.bucket_name, media.endpoint_url, media.default_acl, type(media._wrapped).__name__"
    bucket = {"S3_BUCKET": "habeas", "S3_ENDPOINT_URL": "https://objects.example"}
    assert value(shown, **bucket) == "habeas https://objects.example private S3Storage"
    assert value("media.location and type(media._wrapped).__name__") == "FileSystemStorage"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SITE_URL": None}, "Set the SITE_URL environment variable."),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name each host exactly"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "makemigrations", "verify_changes"])
def test_a_command_says_in_a_sentence_which_setting_is_missing_or_wrong(changed, said, command):
    env = {**os.environ, **ENVIRONMENT, "DATABASE_URL": "sqlite://:memory:", **changed}
    env = {name: value for name, value in env.items() if value is not None}
    done = subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(said) and "docs/running.md" in done.stderr
    assert len(done.stderr.splitlines()) == 1
