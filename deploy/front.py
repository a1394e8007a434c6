"""nginx for a cluster: the template that is used everywhere, inside a main file of its own."""

import os
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIME_TYPES = "/etc/nginx/mime.types"
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
MAIN = """daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr warn;
worker_processes 2;
worker_rlimit_nofile 16384;
events {{ worker_connections 4096; multi_accept on; }}
http {{
    include {mime};
    default_type application/octet-stream;
    sendfile on;
    {temporary}
    include {folder}/nginx-habeas.conf;
}}
"""


def configure(folder: Path, values: dict[str, str]) -> Path:
    """Writes both files into the folder; returns the main one."""
    (folder / "nginx-habeas.conf").write_text(fill(HERE / "nginx.conf", values), "utf-8")
    main = MAIN.format(
        # As root it would change to an account that may not read the folder.
        user="user root;" if os.geteuid() == 0 else "",
        folder=folder,
        mime=MIME_TYPES,
        temporary=" ".join(f"{kind}_temp_path {folder}/nginx/{kind};" for kind in KINDS),
    )
    (folder / "nginx.conf").write_text(main, "utf-8")
    return folder / "nginx.conf"


def fill(template: Path, values: dict[str, str]) -> str:
    """What envsubst would make of it. Raises KeyError for a variable nobody has told."""
    return re.sub(r"\$\{(HABEAS_\w+)\}", lambda found: values[found[1]], template.read_text("utf-8"))
