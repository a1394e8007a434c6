"""A PostgreSQL of the cluster's own: its folder, its account, its database."""

import os
import pwd
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

from deploy.parts import Programs


def folder_for(cluster: Path, owner: pwd.struct_passwd | None) -> Path:
    """In the cluster's folder, unless PostgreSQL's account cannot get there: then where all may pass."""
    if owner is None or all(folder.stat().st_mode & 0o001 for folder in [cluster, *cluster.parents]):
        return cluster / "postgres"
    return Path(tempfile.gettempdir(), f"habeas-cluster-{sha256(str(cluster).encode()).hexdigest()[:12]}")


def command(programs: Programs, folder: Path, port: int) -> list[str]:
    """On loopback alone, with a password; every commit on the disk, as in production."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "256MB",
    }
    told = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [programs.postgres, "-D", str(folder), "-p", str(port), *told]


def initialise(programs: Programs, folder: Path, owner: pwd.struct_passwd | None, password: str) -> None:
    """Once: what is there stays. Raises RuntimeError with what initdb complained of."""
    if (folder / "PG_VERSION").exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=tempfile.gettempdir()) as note:
        note.write(password)
        note.flush()
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            os.chown(note.name, owner.pw_uid, owner.pw_gid)
        words = [programs.initdb, "-D", str(folder), "-U", "habeas", "-E", "UTF8", "--locale=C.UTF-8"]
        words += ["--auth=scram-sha-256", f"--pwfile={note.name}"]
        as_other = {"user": owner.pw_uid, "group": owner.pw_gid} if owner else {}
        done = subprocess.run(words, cwd="/", capture_output=True, text=True, **as_other)
    if done.returncode:
        raise RuntimeError(done.stderr)


def create_database(url: str) -> bool:
    """True once the database of that address is there; False while the server does not answer."""
    import psycopg

    server, _slash, name = url.rpartition("/")
    try:
        with psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=2) as admin:
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                admin.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError:
        return False
    return True
