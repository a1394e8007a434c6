"""The whole of Habeas on one machine, as it stands in production, from Debian's own packages.

`make cluster` runs it: nginx in front, two web nodes, two workers, PostgreSQL, Redis, and a mail host that delivers to
nobody, all on loopback, everything under `CLUSTER_DIR` (var/cluster), the front on `PORT` (8000). Tests and benchmarks
use the class, to kill parts and see what becomes of what was acknowledged.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from deploy import furnish, postgresql
from deploy.asking import (
    Answer,
    PortRefused,
    ask,
    chosen_port,
    given_ports,
    kept_secrets,
    refuse_a_used_port,
    write_environment,
)
from deploy.front import configure
from deploy.parts import MARK, Missing, Part, account, end_leftovers, find_programs

ROOT = Path(__file__).resolve().parent.parent
WEB, WORK = ("web1", "web2"), ("work1", "work2")
OF_THE_MACHINE = ("PATH", "HOME", "LANG", "TMPDIR")
# What a node is to nginx: passed over for two seconds after three failures, but asked where no other is left.
ROLES = ("max_fails=3 fail_timeout=2s", "max_fails=0 backup")
PATIENCE = 60


class Cluster:
    """Eight parts and what connects them. `environment` overrides settings of the web nodes and workers."""

    campaign = furnish.SLUG

    def __init__(
        self,
        folder: Path | str,
        *,
        port: int | None = None,
        environment: dict[str, str] | None = None,
        database_folder: Path | None = None,
    ):
        self.folder = Path(folder).resolve()
        self.programs = find_programs()
        self.account = account()
        names = ["postgres", "redis", "mail", "mail_control", *WEB]
        self.ports = dict(zip(["front", *names], [port or 0, *[0] * len(names)], strict=True))
        self.ports = given_ports(self.ports)
        self.url = f"http://127.0.0.1:{self.ports['front']}"
        for name in ("", "log", "nginx", "mail", "switches"):
            Path(self.folder, name).mkdir(parents=True, exist_ok=True)
        self.database_folder = database_folder or postgresql.folder_for(self.folder, self.account)
        self.secrets = kept_secrets(self.folder / "secrets.json")
        self.letters_file = self.folder / "mail" / "letters.jsonl"
        self.env = self._environment(environment or {})
        own = {name: value for name, value in self.env.items() if name not in (*OF_THE_MACHINE, MARK, "ENV_FILE")}
        write_environment(self.folder / "env", own)
        self.parts = {part.name: part for part in self._make_parts()}

    # Starting and stopping

    def start(self, *, furnished: bool = True, record: bool = True) -> "Cluster":
        """Everything, with the `record` imported and campaigns open; returns once it answers. Raises PortRefused."""
        end_leftovers(self.folder / "pids", str(self.folder))
        refuse_a_used_port(self.ports["front"])
        try:
            postgresql.initialise(self.programs, self.database_folder, self.account, self.secrets["database"])
            for name in ("postgres", "redis", "mail"):
                self.start_part(name)
            self.wait_for(lambda: postgresql.create_database(self.env["DATABASE_URL"]), "PostgreSQL does not start")
            if furnished:
                self.python("-m", "deploy.furnish", *([] if record else [furnish.INVENTED]))
            else:
                self.manage("migrate", "--verbosity", "0")
            for name in (*WEB, *WORK, "nginx"):
                self.start_part(name)
            return self.wait_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """The front first, the database last; leaves no process."""
        for names in (("nginx",), (*WEB, *WORK), ("mail", "redis"), ("postgres",)):
            parts = [self.parts[name] for name in names]
            for part in parts:
                part.ask_to_stop()
            for part in parts:
                part.stop()
        (self.folder / "pids").unlink(missing_ok=True)

    def __enter__(self) -> "Cluster":
        return self.start()

    def __exit__(self, *exc) -> None:
        self.stop()

    def start_part(self, name: str) -> None:
        self.parts[name].start()
        pids = [str(part.process.pid) for part in self.parts.values() if part.process and part.is_running()]
        (self.folder / "pids").write_text("\n".join(pids), "utf-8")

    def stop_part(self, name: str) -> float:
        """In good order; returns how many seconds it took."""
        return self.parts[name].stop()

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """At once, with everything the part has started; or another signal, such as SIGSTOP and SIGCONT."""
        self.parts[name].kill(number)

    def restart_rolling(self) -> float:
        """As an upgrade does it: one web node after the other, once the one before answers, then the workers. Returns
        how many seconds the slowest took to end."""
        took = []
        for name in WEB:
            took.append(self.stop_part(name))
            self.start_part(name)
            self.wait_for(
                lambda name=name: self.get("/healthz", port=self.ports[name]).status == 200, f"{name} is away"
            )
        for name in WORK:
            took.append(self.stop_part(name))
            self.start_part(name)
        return max(took)

    def wait_ready(self) -> "Cluster":
        """Until each web node and the front answer, the database behind them, and the mail host."""
        for port in [self.ports[name] for name in (*WEB, "front")]:
            self.wait_for(lambda port=port: self.get("/readyz", port=port).status == 200, f"no answer at port {port}")
        self.wait_for(lambda: self.sink() is not None, "the mail host does not answer")
        return self

    def wait_for(self, true, what: str, seconds: float = PATIENCE) -> None:
        """Raises TimeoutError with `what`, and the end of every log."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if true():
                    return
            if dead := [part.name for part in self.parts.values() if part.ended_by_itself()]:
                what = f"{what}; ended: {', '.join(dead)}"
                break
            time.sleep(0.05)
        raise TimeoutError(f"{what}\n{self.logs()}")

    # Asking it

    def get(self, path: str, **asked) -> Answer:
        return self.ask("GET", path, **asked)

    def ask(self, method: str, path: str, form=None, headers=None, *, port: int | None = None, timeout=40) -> Answer:
        """Over one connection of its own. Raises OSError or HTTPException where no answer comes."""
        return ask(port or self.ports["front"], method, path, form, headers, timeout=timeout)

    def stamp(self, slug: str = furnish.SLUG) -> str:
        """What the campaign's form carries; good for seven days."""
        found = re.search(r'name="stamp" value="([^"]+)"', self.get(f"/campaigns/{slug}/").text)
        if found is None:
            raise LookupError(f"The page of {slug} has no form.")
        return found[1]

    def sign(self, email: str, *, stamp: str, slug: str = furnish.SLUG, **given) -> Answer:
        form = {"name": "Leyla Example", "email": email, "country": "DE", "consent": "on", "stamp": stamp, **given}
        return self.ask("POST", f"/campaigns/{slug}/sign/", form)

    def count(self, slug: str = furnish.SLUG) -> int:
        """As the public reads it, hence up to ten seconds old."""
        return json.loads(self.get(f"/campaigns/{slug}/count.json").body)["total"]

    # The mail host

    def sink(self, word: str | None = None, **arguments) -> dict | None:
        """Mode, count, connections and what was met of the mail host, after changing its mode to `word` if given
        (mail_sink.MODES); None where it is not running."""
        path = f"/{word}?{urlencode(arguments)}" if word else "/"
        try:
            answer = self.ask("POST" if word else "GET", path, port=self.ports["mail_control"])
        except (OSError, http.client.HTTPException):
            return None
        if answer.status != 200:
            raise ValueError(f"The mail host knows no mode {word!r}.")
        return json.loads(answer.body)

    def letters(self) -> list[dict]:
        """Every letter taken so far, oldest first: to, subject, message_id, token, code, raw."""
        if not self.letters_file.exists():
            return []
        # The last line may still be being written.
        return [json.loads(line) for line in self.letters_file.read_text("utf-8").splitlines(True) if line[-1] == "\n"]

    # At its command line

    def manage(self, *arguments: str, **changed) -> str:
        """What `manage.py` prints. Raises RuntimeError with what it complained of."""
        return self.python("manage.py", *arguments, **changed)

    def python(self, *arguments: str, **changed) -> str:
        """What Python prints in the cluster's environment: `python("-c", "…")`."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env={**self.env, **changed}, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)[:200]}: {done.stderr[-4000:]}")
        return done.stdout

    def logs(self, name: str | None = None) -> str:
        files = [self.folder / "log" / name] if name else sorted((self.folder / "log").iterdir())
        return "\n".join(f"--- {file.name}\n{file.read_text('utf-8', 'replace')[-1500:]}" for file in files)

    # How it is made

    def _environment(self, changed: dict[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in OF_THE_MACHINE if name in os.environ}
        login = f"habeas:{self.secrets['database']}@127.0.0.1:{self.ports['postgres']}"
        return {
            **kept,
            MARK: str(self.folder),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ENV_FILE": "",
            # The shipped record is real and unreviewed, and shown as such.
            "DEMO": "1",
            "DEMO_DIR": str(self.folder),
            "HOST": "127.0.0.1",
            "SITE_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "TRUSTED_PROXIES": "127.0.0.1/32",
            "SECRET_KEY": self.secrets["secret"],
            "SIGNING_KEYS": self.secrets["signing"],
            "METRICS_TOKEN": self.secrets["metrics"],
            "BACKUP_KEY": self.secrets["backup"],
            "DATABASE_URL": f"postgresql://{login}/habeas",
            "CACHE_URL": f"rediscache://127.0.0.1:{self.ports['redis']}/1",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.ports['mail']}",
            "DEFAULT_FROM_EMAIL": "Habeas <letters@habeas.example>",
            "ORGANISATION_NAME": "Habeas on one machine",
            "SECURITY_CONTACT": "mailto:security@habeas.example",
            # Everybody who tries it signs from this one machine.
            "SIGNINGS_PER_NETWORK_PER_HOUR": "100000000",
            "SENDING_PER_MINUTE": "600000",
            "STATIC_ROOT": str(self.folder / "static"),
            "MEDIA_ROOT": str(self.folder / "media"),
            "SWITCH_DIR": str(self.folder / "switches"),
            "LOG_FORMAT": "json",
            "WEB_WORKERS": "1",
            "WEB_THREADS": "8",
            **changed,
        }

    def _make_parts(self) -> list[Part]:
        redis = [self.programs.redis, "--bind", "127.0.0.1", "--port", str(self.ports["redis"])]
        # Pages and limits all end some day, so the least used go first; the generation of pages never ends and stays.
        redis += ["--save", "", "--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru"]
        ports = ["--port", str(self.ports["mail"]), "--control", str(self.ports["mail_control"])]
        mail = [sys.executable, "-m", "deploy.mail_sink", *ports, "--file", str(self.letters_file)]
        web = [sys.executable, "-m", "gunicorn", "--config", "python:config.server"]
        postgres = postgresql.command(self.programs, self.database_folder, self.ports["postgres"])
        nginx = [self.programs.nginx, "-e", "stderr", "-p", str(self.folder / "nginx"), "-c", str(self._configured())]
        return [
            # SIGINT is PostgreSQL's fast shutdown: it waits for no client.
            self._part("postgres", postgres, owner=self.account, quit_signal=signal.SIGINT, cwd=Path("/")),
            self._part("redis", redis, cwd=self.folder),
            self._part("mail", mail),
            *[self._part(name, web, PORT=str(self.ports[name])) for name in WEB],
            *[self._part(name, [sys.executable, "manage.py", "work"]) for name in WORK],
            self._part("nginx", nginx),
        ]

    def _part(self, name, command, *, owner=None, quit_signal=signal.SIGTERM, cwd=ROOT, **env) -> Part:
        log = self.folder / "log" / name
        log.touch()
        return Part(name, command, log, {**self.env, **env}, cwd, owner, quit_signal)

    def _configured(self) -> Path:
        """nginx's configuration, made from the template that is used everywhere."""
        nodes = [f"server 127.0.0.1:{self.ports[name]} {role};" for role in ROLES for name in WEB]
        filled = {
            "HABEAS_LISTEN": f"127.0.0.1:{self.ports['front']}",
            "HABEAS_LISTEN_TOO": "",
            "HABEAS_NAMES": "127.0.0.1 localhost",
            "HABEAS_HOST": f"127.0.0.1:{self.ports['front']}",
            "HABEAS_SCHEME": "http",
            "HABEAS_WEB": " ".join(nodes),
            "HABEAS_STATIC": self.env["STATIC_ROOT"],
            "HABEAS_PAGES": str(ROOT / "deploy" / "pages"),
            "HABEAS_CACHE": str(self.folder / "nginx" / "pages"),
            "HABEAS_ADMIN": self.env.get("ADMIN_PATH", "admin/").strip("/"),
        }
        return configure(self.folder, filled)


def main() -> int:
    port = os.environ.get("PORT") or "8000"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: interrupt())
    try:
        cluster = Cluster(os.environ.get("CLUSTER_DIR") or ROOT / "var" / "cluster", port=chosen_port(port))
        print(f"Starting, in {cluster.folder} …", flush=True)
        with cluster:
            print("\n".join([*addresses(cluster), f"Ready: {cluster.url}/"]), flush=True)
            signal.pause()
    except (Missing, PortRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    print("Stopped.", flush=True)
    return 0


def interrupt() -> None:
    """Once is enough: what follows the first signal must be able to end in peace."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def addresses(cluster: Cluster) -> list[str]:
    lines = [f"  {name:<12} 127.0.0.1:{port}" for name, port in cluster.ports.items()]
    return [
        *lines,
        f"  campaign     {cluster.url}/campaigns/{cluster.campaign}/",
        f"  letters      {cluster.letters_file}",
        f"  logs         {cluster.folder}/log",
        f"  manage.py    ENV_FILE={cluster.folder}/env {sys.executable} manage.py …",
    ]


if __name__ == "__main__":
    sys.exit(main())
