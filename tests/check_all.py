"""`make check`: runs every check to its end and says which failed."""

import os
import re
import subprocess
import sys
from pathlib import Path

from plugins.database import ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {
    **ENVIRONMENT,
    "SITE_URL": "https://habeas.example",
    "ALLOWED_HOSTS": "habeas.example",
    "SECRET_KEY": "checks-only-4f9c1d7be2a86035c1e97b42d8f6a05e3c7b1940",
    "CACHE_URL": f"filecache://{ROOT}/var/check/cache",
    "DATABASE_URL": f"sqlite:///{ROOT}/var/check/db.sqlite3",
    "EMAIL_URL": "smtp://localhost:25",
}
# What would tie the project to one machine or to files that are not in it.
LEAKS = re.compile(r"\.\./shared|/home/\w+|/Users/\w+|(?<![\w.])/work/|/opt/(?:wheels|pypi)|find-links|index-url")

MAY_SPEAK_OF_IT = {"tests/check_all.py", "Makefile"}


def templates() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]


def tool(*command: str) -> bool:
    env = {**os.environ, **PRODUCTION}
    env.pop("DEMO", None)
    return subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=env).returncode == 0


def manage(*command: str) -> bool:
    return tool("python", "manage.py", *command)


def every_template_compiles() -> bool:
    """A page nobody tests yet may still not be broken."""
    script = "import django, sys; django.setup(); from django.template.loader import get_template\n"
    script += "for name in sys.argv[1:]: get_template(name)"
    names = [name.removeprefix("templates/") for name in templates()]
    env = {**os.environ, **PRODUCTION, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run([sys.executable, "-c", script, *names], cwd=ROOT, env=env).returncode == 0


def nothing_leaks() -> bool:
    """Looks through the files git would publish for paths of the machine they were written on."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    found = []
    for name in listed.stdout.splitlines():
        if name in MAY_SPEAK_OF_IT or name.startswith("LICENSE"):
            continue
        try:
            text = (ROOT / name).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        lines = enumerate(text.splitlines(), 1)
        found += [f"{name}:{number}: {line.strip()[:120]}" for number, line in lines if LEAKS.search(line)]
    print(*found, sep="\n", end="\n" if found else "")
    return not found


CHECKS = {
    "format": lambda: tool("ruff", "format", "--check", "--quiet", "."),
    "lint": lambda: tool("ruff", "check", "--quiet", "."),
    "template format": lambda: tool("djade", "--check", "--target-version", "5.2", *templates()),
    "templates compile": every_template_compiles,
    "types": lambda: tool("mypy", "--no-error-summary", "config", "cases", "campaigns"),
    "deployment": lambda: manage("check", "--deploy", "--fail-level", "WARNING"),
    "migrations": lambda: manage("makemigrations", "--check", "--dry-run"),
    "leaks": nothing_leaks,
}


def main() -> int:
    (ROOT / "var" / "check").mkdir(parents=True, exist_ok=True)
    results = {}
    for name, check in CHECKS.items():
        print(f"--- {name}", flush=True)
        results[name] = check()
    failed = [name for name, passed in results.items() if not passed]
    print(f"\nFAILED: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
