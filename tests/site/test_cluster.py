"""What the front promises, asked of the whole: nginx, two web nodes, two workers, PostgreSQL, Redis, a mail host."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from deploy.cluster import ROOT, WEB, WORK, Cluster
from deploy.parts import Missing, find_programs

pytestmark = [pytest.mark.once, pytest.mark.cluster]

PAGE = f"/campaigns/{Cluster.campaign}/"
MARK = "poison.example"
SLOW, NORMAL = 300, 300


@pytest.fixture(scope="module")
def cluster():
    try:
        find_programs()
    except Missing as missing:
        assert not os.environ.get("CI"), str(missing)
        pytest.skip(str(missing))
    folder = tempfile.mkdtemp(prefix="habeas-cluster-")
    Path(folder).chmod(0o755)
    cluster = Cluster(folder).start(record=False)
    yield cluster
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def whole(cluster):
    """Each test begins and ends with everything running."""
    yield
    dead = [name for name, part in cluster.parts.items() if not part.is_running()]
    for name in dead:
        cluster.start_part(name)
    if dead:
        cluster.wait_ready()


def status(cluster, path):
    """0 where no answer came."""
    try:
        return cluster.get(path).status
    except (OSError, HTTPException):
        return 0


def under_load(cluster, path, act):
    """Asks for `path` from four threads while `act` is done; returns every status."""
    done, seen = threading.Event(), []

    def ask():
        while not done.is_set():
            # A new address each time, so that every request reaches a web node.
            seen.append(status(cluster, f"{path}?n={len(seen)}"))
            time.sleep(0.01)

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.5)
        act()
        time.sleep(0.5)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    return seen


def test_a_page_is_asked_of_the_web_nodes_once_a_second_at_most(cluster):
    cluster.get("/about/")
    for name in WEB:
        cluster.kill(name)
    answer = cluster.get("/about/")
    assert answer.status == 200
    assert "set-cookie" not in answer.headers
    assert "x-accel-expires" not in answer.headers
    assert answer.headers["content-security-policy"].count("default-src 'none'") == 1


def test_signing_through_the_front_is_mailed_confirmed_and_counted(cluster):
    before = cluster.count()
    answer = cluster.sign("signer@example.org", stamp=cluster.stamp())
    assert (answer.status, answer.headers["location"]) == (303, f"{PAGE}check-your-mail/")
    cluster.wait_for(lambda: cluster.letters(), "no letter came", 20)
    [letter] = cluster.letters()
    assert letter["to"] == ["signer@example.org"]
    shown = cluster.get(f"/confirm/{letter['token']}/")
    assert (shown.status, "no-store" in shown.headers["cache-control"]) == (200, True)
    assert cluster.ask("POST", f"/confirm/{letter['token']}/", {}).status == 303
    cluster.wait_for(lambda: cluster.count() == before + 1, "it is not counted", 20)


def test_the_death_of_a_web_node_is_seen_by_no_reader(cluster):
    seen = under_load(cluster, "/about/", lambda: cluster.kill("web1"))
    assert len(seen) > 50
    assert set(seen) == {200}


def test_a_rolling_restart_is_seen_by_nobody(cluster):
    stamp, signed = cluster.stamp(), []

    def sign(number):
        signed.append(cluster.sign(f"rolling{number}@example.org", stamp=stamp).status)

    def restart():
        with ThreadPoolExecutor(2) as pool:
            work = pool.submit(cluster.restart_rolling)
            number = 0
            while not work.done():
                sign(number := number + 1)
                time.sleep(0.03)
            work.result()

    seen = under_load(cluster, "/about/", restart)
    assert len(seen) > 200 and len(signed) > 50
    assert (set(seen), set(signed)) == ({200}, {303})


POISON = [
    {"X-Forwarded-Host": MARK},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-For": MARK},
    {"X-Forwarded-Port": "1"},
    {"X-Forwarded-Prefix": f"/{MARK}"},
    {"Forwarded": f"host={MARK};proto=https"},
    {"X-Original-URL": "/privacy/"},
    {"X-Rewrite-URL": "/privacy/"},
    {"X-HTTP-Method-Override": "POST"},
    {"Accept-Language": "de"},
    {"Accept": "application/json"},
    {"Cookie": f"language=de; session={MARK}; csrf={MARK}"},
    {"Origin": f"https://{MARK}"},
    {"Referer": f"https://{MARK}/"},
    {"User-Agent": MARK},
    {"Range": "bytes=0-9"},
    {"If-None-Match": '"x"', "If-Modified-Since": "Tue, 24 Nov 2037 00:00:00 GMT"},
    {"Authorization": f"Bearer {MARK}"},
    {"Transfer-Encoding": "identity"},
    {"X-Forwarded-Scheme": "http", "X-Forwarded-SSL": "on"},
    {"X-HTTP-Method": "DELETE", "X-Method-Override": "PUT"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Save-Data": "on", "DNT": "1", "X-Requested-With": "XMLHttpRequest"},
    {"Content-Type": "multipart/form-data; boundary=x"},
    {"Connection": "close, Host, X-Forwarded-For"},
    {"Cache-Control": "no-cache", "Pragma": "no-cache"},
    {"Upgrade": "websocket"},
]


def forget_all(cluster):
    """Nothing is kept behind the front, so that what is asked for next is made for whoever asks."""
    with socket.create_connection(("127.0.0.1", cluster.ports["redis"])) as redis:
        redis.sendall(b"FLUSHALL\r\n")
        assert redis.recv(5) == b"+OK\r\n"


def test_what_is_not_part_of_the_key_changes_no_page(cluster):
    pages = [f"{PAGE}?n={number}" for number in range(len(POISON))]
    clean = [cluster.get(page) for page in pages]
    time.sleep(3.2)  # Past the second it is kept and the two it may be shown while it is renewed: now it is made anew.
    for page, before, headers in zip(pages, clean, POISON, strict=True):
        forget_all(cluster)
        first, after = cluster.get(page, headers=headers), cluster.get(page)
        assert (before.status, after.status) == (200, 200), headers
        assert (after.body, after.headers["etag"]) == (before.body, before.headers["etag"]), headers
        assert MARK.encode() not in first.body, headers
        assert MARK not in str(first.headers), headers


def test_an_unknown_parameter_changes_no_page(cluster):
    assert cluster.get(f"{PAGE}?utm_source={MARK}&lang=de").body == cluster.get(PAGE).body


@pytest.mark.parametrize("host", [MARK, "127.0.0.1.evil.example", "habeas_web", ""])
def test_another_name_leads_nowhere(cluster, host):
    answer = cluster.get(PAGE, headers={"Host": host})
    assert answer.status in (400, 421)
    assert host not in answer.text or not host


def test_another_port_in_the_name_changes_no_page(cluster):
    time.sleep(3.2)
    assert b":1/" not in cluster.get(PAGE, headers={"Host": "127.0.0.1:1"}).body
    assert b":1/" not in cluster.get(PAGE).body


@pytest.mark.parametrize("asked", ["gzip", "gzip, deflate, br, zstd", "GZIP;q=1"])
def test_a_kept_page_comes_in_an_encoding_the_browser_reads(cluster, asked):
    assert cluster.get(PAGE, headers={"Accept-Encoding": asked}).headers["content-encoding"] == "gzip"
    for refused in ("identity", "gzip;q=0, identity", "br"):
        assert "content-encoding" not in cluster.get(PAGE, headers={"Accept-Encoding": refused}).headers


def test_slow_clients_keep_nobody_waiting(cluster):
    head = f"Host: 127.0.0.1:{cluster.ports['front']}\r\n"
    begun = [
        f"GET {PAGE} HTTP/1.1\r\n{head}X-Slow: ",
        f"POST {PAGE}sign/ HTTP/1.1\r\n{head}Content-Length: 5000\r\n\r\na",
    ]
    links = [socket.create_connection(("127.0.0.1", cluster.ports["front"])) for _number in range(SLOW)]
    try:
        for number, link in enumerate(links):
            link.sendall(begun[number % 2].encode())
        with ThreadPoolExecutor(4) as pool:
            began = time.monotonic()
            seen = list(pool.map(lambda number: status(cluster, f"/about/?slow={number}"), range(NORMAL)))
        assert seen.count(200) >= NORMAL * 0.99
        assert time.monotonic() - began < 9  # While they were all still there: nginx closes them after ten.
    finally:
        for link in links:
            link.close()


def test_with_no_web_node_kept_pages_stay_and_others_say_so(cluster):
    kept = cluster.get(PAGE)
    for name in WEB:
        cluster.kill(name)
    time.sleep(4)  # Longer than a page is fresh, and longer than it may be shown while it is renewed.
    stale, other = cluster.get(PAGE), cluster.get("/cases/?q=never-asked-before")
    assert (stale.status, stale.body) == (200, kept.body)
    assert (other.status, other.headers["retry-after"]) == (503, "10")
    assert "back shortly" in other.text
    assert other.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in other.headers["content-security-policy"]
    assert cluster.ask("POST", f"{PAGE}sign/", {"name": "x"}).status == 503


def test_with_no_database_kept_pages_stay_and_others_say_so(cluster):
    kept = cluster.get(PAGE)
    cluster.kill("postgres")
    time.sleep(4)
    assert cluster.get(PAGE).body == kept.body
    took = []
    for number in range(3):  # The quickest counts: the machine may be busy with something else.
        began = time.monotonic()
        answer = cluster.get(f"/cases/?q=not-asked-before-{number}")
        took.append(time.monotonic() - began)
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert min(took) < 2.5


def test_static_files_come_from_the_front_and_are_kept_for_good(cluster):
    path = re.search(r'href="(/static/[^"]+\.css)"', cluster.get("/").text)[1]
    for name in WEB:
        cluster.kill(name)
    answer = cluster.get(path, headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")


def test_what_is_too_large_is_refused_at_the_front(cluster):
    assert cluster.ask("POST", f"{PAGE}sign/", {"name": "x" * 70_000}).status == 413
    assert cluster.ask("POST", "/accounts/login/", {"login": "x" * 70_000}).status != 413


def test_figures_for_the_operator_are_not_for_the_public(cluster):
    assert cluster.get("/metrics").status == 404


def test_commands_act_on_it_with_the_environment_it_leaves(cluster):
    file = cluster.folder / "env"
    assert file.stat().st_mode & 0o077 == 0
    bare = {"PATH": os.environ["PATH"], "ENV_FILE": str(file)}
    told = subprocess.run([sys.executable, "manage.py", "switch"], cwd=ROOT, env=bare, capture_output=True, text=True)
    assert (told.returncode, told.stdout.splitlines()[-1]) == (0, "signing is on"), told.stderr


def test_nodes_and_workers_log_as_in_production(cluster):
    assert cluster.get("/confirm/" + "A" * 5000).status == 414
    logs = [cluster.folder / "log" / part for part in (*WEB, *WORK)]
    lines = [line for log in logs for line in log.read_text("utf-8").splitlines()]
    assert lines
    assert all({"time", "level", "message"} <= json.loads(line).keys() for line in lines)


def test_what_somebody_searched_for_is_not_written_down(cluster):
    assert status(cluster, "/cases/?sort=name") == status(cluster, "/cases/?q=Zebrafinch") == 200
    kept = [file.read_bytes() for file in (cluster.folder / "nginx" / "pages").rglob("*") if file.is_file()]
    assert any(b"sort=name" in page for page in kept)
    assert not any(b"Zebrafinch" in page for page in kept)


def test_no_address_is_written_down(cluster):
    cluster.get("/%00")
    for log in ("nginx", *WEB, "work1"):
        assert "example.org" not in cluster.logs(log)
    assert "client: 127" not in cluster.logs("nginx")
