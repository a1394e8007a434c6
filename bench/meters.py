"""What processes cost, read from /proc, and loads made by wrk, which takes little of the two cores for itself."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).parent


def family(*pids):
    """These processes and all that descend from them."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            parents.setdefault(int(stat[1]), []).append(int(entry.name))
    found, ahead = [], list(pids)
    while ahead:
        found.append(ahead.pop())
        ahead += parents.get(found[-1], [])
    return found


def cpu_seconds(*pids):
    """User and system time of these processes with their children, those that have ended included."""
    total = 0
    for pid in family(*pids):
        if stat := _stat(pid):
            total += sum(map(int, stat[11:15]))
    return total / TICKS


def memory_mb(pid):
    """What one process holds in memory now, in MB, shared pages included."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return int(found[1]) / 1024 if found else 0


def _stat(pid):
    """The fields of /proc/<pid>/stat after the name: state, parent …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return None


@dataclass(frozen=True)
class Load:
    """What wrk saw. Times in milliseconds."""

    requests: int
    errors: int
    seconds: float
    p50: float
    p95: float
    p99: float
    command: str

    @property
    def rate(self):
        return self.requests / self.seconds

    def __str__(self):
        return f"{self.rate:,.0f}/s, p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms, p99 {self.p99:.0f} ms"


def wrk(url, *, seconds, connections=16, threads=2, script="get", arguments=(), wait=True):
    """Ask `url` as fast as it answers; `script` is one of bench/*.lua. Returns the Load, or, without waiting, a
    function that waits and returns it."""
    lua = HERE / f"{script}.lua"
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(lua), url]
    command += ["--", *map(str, arguments)] if arguments else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def ended():
        out, _none = process.communicate()
        figures = re.search(r"^FIGURES (.+)$", out, re.MULTILINE)
        if process.returncode or not figures:
            raise RuntimeError(f"wrk failed: {out}")
        requests, errors, took, p50, p95, p99 = map(float, figures[1].split())
        # Without what differs from machine to machine.
        shown = " ".join([Path(part).name if part.startswith("/") else part for part in command])
        return Load(int(requests), int(errors), took, p50, p95, p99, shown)

    return ended() if wait else ended
