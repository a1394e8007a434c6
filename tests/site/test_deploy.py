"""What deploy/ holds fits together: templates get every value, and files that are named are there."""

import base64
import hashlib
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from makers_front import DEPLOY, TEMPLATES, needed, write_certificate

from deploy.asking import PortRefused, chosen_port, refuse_a_used_port
from deploy.front import fill

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
HARDENED = ["NoNewPrivileges=yes", "ProtectSystem=strict", "User=habeas", "CapabilityBoundingSet=\n"]


def test_compose_gives_the_front_every_value_it_needs():
    given = set(re.findall(r"^      (HABEAS_\w+):", (DEPLOY / "compose.yaml").read_text("utf-8"), re.MULTILINE))
    assert needed() == given


def test_the_book_gives_the_front_every_value_it_needs():
    assert needed() <= set(re.findall(r"\b(HABEAS_\w+)=", (ROOT / "docs" / "running.md").read_text("utf-8")))


def test_compose_runs_everything_twice_that_may_die(tmp_path):
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    services = re.findall(r"^  (\w+):", text[text.index("\nservices:") : text.index("\nnetworks:")], re.MULTILINE)
    assert services == ["release", "web1", "web2", "work1", "work2", "nginx", "postgres", "redis"]
    if (
        shutil.which("docker")
        and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
    ):
        copy = shutil.copy(DEPLOY / "compose.yaml", tmp_path)
        (tmp_path / "habeas.env").touch()
        given = {"HABEAS_NAMES": "habeas.example", "POSTGRES_PASSWORD": "x"}
        subprocess.run(["docker", "compose", "-f", copy, "config", "-q"], check=True, env={**os.environ, **given})


def test_every_file_the_image_and_compose_take_is_there():
    image, compose = ((DEPLOY / name).read_text("utf-8") for name in ("Dockerfile", "compose.yaml"))
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", image, re.MULTILINE)
    copied = [ROOT / name for line in lines for name in line.split()]
    mounted = [DEPLOY / name for name in re.findall(r"- \./([\w.-]+):", compose) if name != "tls"]
    assert copied and mounted
    assert [file for file in copied + mounted if not file.exists()] == []


@pytest.mark.parametrize("file", sorted((DEPLOY / "pages").iterdir()), ids=lambda file: file.stem)
def test_the_front_s_own_pages_are_allowed_their_style_and_need_nothing_else(file):
    page, front = file.read_text("utf-8"), (DEPLOY / "nginx.conf").read_text("utf-8")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in front
    assert f"/{file.name};" in front
    assert not re.search(r"<script|<link|<img|https?:|style=", page)


def test_nginx_reads_both_files_with_tls(tmp_path):
    if not (nginx := shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")):
        pytest.skip("there is no nginx here")
    write_certificate(tmp_path)
    values = {name: str(tmp_path) for name in needed()} | {
        "HABEAS_LISTEN": "127.0.0.1:8443 ssl http2",
        "HABEAS_LISTEN_TOO": "listen 127.0.0.1:8444 ssl http2;",
        "HABEAS_NAMES": "habeas.example",
        "HABEAS_HOST": "habeas.example",
        "HABEAS_SCHEME": "https",
        "HABEAS_WEB": "server 127.0.0.1:8001 max_fails=3; server unix:/run/habeas/web2.sock max_fails=0 backup;",
        "HABEAS_ADMIN": "admin",
    }
    inside = "\n".join(fill(file, values) for file in TEMPLATES)
    inside = inside.replace("listen 80 ", "listen 127.0.0.1:8080 ").replace("[::]:80", "127.0.0.1:8081")
    # As Debian's own nginx.conf begins: nothing of ours may say again what it says.
    debian = "ssl_protocols TLSv1 TLSv1.1;\nssl_prefer_server_ciphers on;\naccess_log off;\ngzip on;\nsendfile on;"
    whole = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{ }}\nhttp {{\n{debian}\n{inside}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    command = [nginx, "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("address", "half"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
        ("2001:db8:1:2::9", "2001:db8:1:2"),
        ("2001:db8:1::9", "2001:db8:1"),
        ("2001:db8::9:8:7:6", "2001:db8"),
        ("192.0.2.9", None),
    ],
)
def test_limits_count_the_network_of_an_ipv6_address(address, half):
    """The other half is its owner's to choose, so that one reader could be as many as they like."""
    patterns = re.findall(r'^    "~(.*)" \$habeas_half;$', (DEPLOY / "nginx.conf").read_text("utf-8"), re.MULTILINE)
    found = [match["habeas_half"] for p in patterns if (match := re.search(p.replace("?<", "?P<"), address))]
    assert (len(patterns), found) == (2, [half] if half else [])


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda unit: unit.name)
def test_units_are_hardened_and_read_by_systemd(unit):
    text = unit.read_text("utf-8")
    assert all(line in text for line in HARDENED)
    if not (verify := shutil.which("systemd-analyze")):
        pytest.skip("there is no systemd here")
    done = subprocess.run([verify, "verify", str(unit)], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if unit.name.split("@")[0] in line]
    # The program itself is not installed on this machine.
    assert [line for line in complaints if "is not executable" not in line] == []


def test_a_port_that_another_has_is_refused_in_words():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(PortRefused, match=f"Port {taken} cannot be had"):
            refuse_a_used_port(taken)
    refuse_a_used_port(taken)


@pytest.mark.parametrize("text", ["abc", "0", "99999", "-1", "8000 ", "²"])
def test_what_is_no_port_is_refused_in_words(text):
    with pytest.raises(PortRefused, match="PORT must be a number from 1 to 65535"):
        chosen_port(text)
