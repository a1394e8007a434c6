"""`make test`: everything on SQLite, browser tests included, then everything that a database decides on PostgreSQL."""

import os
import subprocess
import sys
import time
from pathlib import Path

from chromium import chromium

ROOT = Path(__file__).resolve().parent.parent


# One more than there are processors: some tests wait, for a browser, a lease or a clock.
WORKERS = (os.cpu_count() or 1) + 1


def run(name: str, database: str, *arguments: str) -> int:
    print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"--numprocesses={WORKERS}", "--dist=worksteal", *arguments],
        cwd=ROOT,
        env={**os.environ, "HABEAS_TEST_DB": database},
    ).returncode
    print(f"=== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return code


def main() -> int:
    browser = chromium()
    if browser is None and os.environ.get("CI"):
        print("FAILED: there is no Chromium, and in CI browser tests must run.", file=sys.stderr)
        return 1
    failed = run("SQLite", "sqlite", *([] if browser else ["-m", "not browser"]))
    failed |= run("PostgreSQL", "postgresql", "-m", "not browser and not once")
    if browser:
        print(f"\nBrowser tests ran, with {browser}.")
    else:
        print(
            "\n" + "!" * 79 + "\n!! BROWSER TESTS DID NOT RUN: no Chromium found (Debian: apt-get install chromium)."
        )
        print("!" * 79)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
