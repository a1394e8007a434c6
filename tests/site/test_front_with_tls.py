"""The front as it stands before the world: both templates, a certificate, and a node that tells what it was sent."""

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from makers_front import TEMPLATES, needed, write_certificate

from deploy.asking import given_ports
from deploy.front import HERE, configure, fill

pytestmark = pytest.mark.once

NAME = "habeas.example"


class Node(BaseHTTPRequestHandler):
    """Answers with the headers it was sent."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = str(self.headers).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def ports(tmp_path_factory):
    """nginx with TLS at `front`, without at `plain`."""
    if not (nginx := shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")):
        assert not os.environ.get("CI"), "there is no nginx here"
        pytest.skip("there is no nginx here")
    folder = tmp_path_factory.mktemp("front")
    node = ThreadingHTTPServer(("127.0.0.1", 0), Node)
    threading.Thread(target=node.serve_forever, daemon=True).start()
    ports = given_ports({"front": 0, "plain": 0})
    write_certificate(folder)
    (folder / "static").mkdir()
    (folder / "nginx").mkdir()
    (folder / "static" / "site.css").write_text("body {}")
    values = dict.fromkeys(needed(), "") | {
        "HABEAS_LISTEN": f"127.0.0.1:{ports['front']} ssl http2",
        "HABEAS_NAMES": NAME,
        "HABEAS_HOST": NAME,
        "HABEAS_SCHEME": "https",
        "HABEAS_WEB": f"server 127.0.0.1:{node.server_port};",
        "HABEAS_STATIC": str(folder / "static"),
        "HABEAS_PAGES": str(HERE / "pages"),
        "HABEAS_CACHE": str(folder / "kept"),
        "HABEAS_ADMIN": "desk/",
        "HABEAS_TLS": str(folder),
    }
    inside = "\n".join(fill(file, values) for file in TEMPLATES)
    inside = inside.replace("listen [::]:80 default_server;", "")
    inside = inside.replace("listen 80 ", f"listen 127.0.0.1:{ports['plain']} ")
    # What this machine asks is counted like anybody's, so that limits can be seen.
    inside = inside.replace("127.0.0.0/8 1;", "").replace("rate=50r/s", "rate=1r/s").replace("burst=300", "burst=20")
    main = configure(folder, values)
    (folder / "nginx-habeas.conf").write_text(inside)
    command = [nginx, "-e", "stderr", "-p", str(folder), "-c", str(main)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", ports["front"])).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < until, process.stderr.read()
            time.sleep(0.05)
    yield ports
    process.terminate()
    process.wait()
    node.shutdown()


def trusting(**options):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for name, value in options.items():
        setattr(context, name, value)
    return context


def ask(ports, path, method="GET", body=None, *, name=NAME, **headers):
    link = http.client.HTTPSConnection("127.0.0.1", ports["front"], context=trusting(), timeout=20)
    link.request(method, path, body, {"Host": name, **headers})
    answer = link.getresponse()
    text = answer.read().decode()
    link.close()
    return answer.status, answer.headers, text


def test_http_leads_to_https_and_keeps_the_address(ports):
    link = http.client.HTTPConnection("127.0.0.1", ports["plain"], timeout=20)
    link.request("GET", "/cases/?q=a", headers={"Host": "evil.example"})
    answer = link.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/cases/?q=a")
    assert answer.headers["Server"] == "nginx"


def test_a_node_learns_the_scheme_the_name_and_the_address_from_the_front_alone(ports):
    forged = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    for path in ("/", "/desk/"):
        status, _headers, told = ask(ports, path, **forged)
        lines = told.strip().lower().splitlines()
        assert status == 200
        assert {f"host: {NAME}", "x-forwarded-for: 127.0.0.1", "x-forwarded-proto: https"} <= set(lines)
        assert "evil" not in told and "192.0.2.1" not in told


@pytest.mark.parametrize(
    ("path", "is_staff"), [("/desk/", True), ("/desk/x/", True), ("/desks/", False), ("/", False)]
)
def test_cookies_pass_to_the_staff_s_pages_alone(ports, path, is_staff):
    """However ADMIN_PATH is written: with its last slash, as .env.example has it, or without, as a cluster has it."""
    assert ("cookie: session=x" in ask(ports, path, Cookie="session=x")[2].lower()) is is_staff


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
def test_it_speaks_http_2_and_no_tls_of_old(ports):
    with socket.create_connection(("127.0.0.1", ports["front"])) as link:
        context = trusting()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with context.wrap_socket(link, server_hostname=NAME) as spoken:
            assert (spoken.selected_alpn_protocol(), spoken.version()) == ("h2", "TLSv1.3")
    with socket.create_connection(("127.0.0.1", ports["front"])) as link:
        old = trusting(minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.raises(ssl.SSLError):
            old.wrap_socket(link, server_hostname=NAME)


def test_static_files_are_asked_for_with_https_for_good(ports):
    status, headers, _text = ask(ports, "/static/site.css")
    assert (status, headers["Strict-Transport-Security"]) == (200, "max-age=63072000; includeSubDomains; preload")


def test_another_name_leads_nowhere_and_learns_no_version(ports):
    status, headers, text = ask(ports, "/", name="evil.example")
    assert (status, headers["Server"]) == (421, "nginx")
    assert "nginx/" not in text


def test_what_is_too_large_is_refused_in_words(ports):
    status, headers, text = ask(ports, "/campaigns/any/sign/", "POST", "x" * 70_000)
    assert (status, headers["Retry-After"]) == (413, None)
    assert "Nothing of it was stored" in text and "style-src" in headers["Content-Security-Policy"]
    assert ask(ports, "/large.html")[0] == 404


def test_whoever_has_not_said_what_they_want_is_waited_for_ten_seconds(ports):
    link = socket.create_connection(("127.0.0.1", ports["front"]), timeout=20)
    with trusting().wrap_socket(link, server_hostname=NAME) as slow:
        slow.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-Slow: ".encode())
        began = time.monotonic()
        with contextlib.suppress(ConnectionResetError):
            assert slow.recv(1000) == b"" or slow.recv(1000) == b""
        assert 8 < time.monotonic() - began < 15


def test_too_many_requests_are_refused_in_words(ports):
    answers = [ask(ports, "/desk/") for _number in range(50)]
    _status, headers, text = next(answer for answer in answers if answer[0] == 429)
    assert headers["Retry-After"] == "10"
    assert "wait a minute" in text
