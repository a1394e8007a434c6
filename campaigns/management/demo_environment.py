"""The environment of a demonstration: everything under one folder, secrets made once and kept there.

Runs before Django reads its settings, so it may import nothing of ours.
"""

import base64
import os
import secrets
import sys
from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parents[2]
# One account per role: its name, and the role.
STAFF = {
    "researcher": "researcher",
    "editor": "editor",
    "publisher": "publisher",
    "campaigner": "campaigner",
    "translator": "translator",
    "dataprotection": "data protection",
    "administrator": "administrator",
}


def password_variable(name: str) -> str:
    return f"DEMO_PASSWORD_{name.upper()}"


SECRETS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "SIGNING_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    **{password_variable(name): lambda: secrets.token_urlsafe(12) for name in STAFF},
}


def prepare(environ: MutableMapping[str, str]) -> None:
    """Overrides whatever the machine has set: a demonstration never touches another database or sends real mail."""
    port = chosen_port(environ.get("PORT") or "8000")
    folder = Path(environ.get("DEMO_DIR") or HERE / "var" / "demo").resolve()
    try:
        for part in (folder, folder / "mail", folder / "cache"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        environ.update(kept_secrets(folder / "env"))
    except OSError as error:
        sys.exit(f"DEMO_DIR, {folder}, cannot be written to: {error.strerror}.")
    address = f"http://127.0.0.1:{port}"
    environ.update(
        {
            "ENV_FILE": "",
            "DEMO": "1",
            "DEMO_DIR": str(folder),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "SITE_URL": address,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "TRUSTED_PROXIES": "",
            "DATABASE_URL": f"sqlite:///{quote(str(folder / 'db.sqlite3'))}",
            "CACHE_URL": f"filecache://{folder / 'cache'}",
            "EMAIL_URL": f"filemail:///{quote(str(folder / 'mail'))}",
            "DEFAULT_FROM_EMAIL": "Habeas demonstration <demonstration@localhost>",
            # Everybody who tries a demonstration signs from this one machine.
            "SIGNINGS_PER_NETWORK_PER_HOUR": "100000",
            "SENDING_PER_MINUTE": "60000",
            "ORGANISATION_NAME": "Habeas demonstration",
            "SECURITY_CONTACT": f"{address}/about/",
            "ADMIN_PATH": "admin/",
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
        }
    )


def chosen_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        sys.exit(f"PORT must be a number from 1 to 65535, and is {text!r}.")
    return int(text)


def kept_secrets(file: Path) -> dict[str, str]:
    """Reads the secrets kept in the file and adds those that are missing; only its owner may read it."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    kept = dict(line.split("=", 1) for line in lines if "=" in line)
    missing = {name: make() for name, make in SECRETS.items() if not kept.get(name)}
    if missing:
        kept |= missing
        fresh = file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.writelines(f"{name}={value}\n" for name, value in kept.items())
        fresh.replace(file)
    return kept
