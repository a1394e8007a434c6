"""Pictures in an object storage: a private bucket over HTTP, read by the application alone, shared by its machines."""

import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from makers import make_person, make_publishable, make_staff
from makers_protection import agree, make_portrait
from storages.backends.s3 import S3Storage

from cases.actions.picturing import sweep_pictures
from cases.actions.publishing import retract

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BUCKET = "habeas-media"


class Bucket(BaseHTTPRequestHandler):
    """What of S3 pictures need: whole objects by name, a list by how names begin. Whoever does not sign is refused."""

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_one(self):
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        asked, kept = urlsplit(self.path), self.server.kept
        name = unquote(asked.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        if not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=who/"):
            self.answer(403)
        elif self.command == "PUT":
            if "aws-chunked" in self.headers.get("Content-Encoding", ""):
                sent = unchunked(sent)
            kept[name] = SimpleNamespace(body=sent, at=datetime.now(UTC), headers=self.headers)
            self.answer(200, ETag='"x"')
        elif self.command == "GET" and not name:
            self.answer(200, listed(kept, parse_qs(asked.query)["prefix"][0]), Content_Type="application/xml")
        elif name not in kept:
            self.answer(404)
        elif self.command == "DELETE":
            del kept[name]
            self.answer(204)
        else:
            found = kept[name]
            self.answer(200, found.body, ETag='"x"', Last_Modified=format_datetime(found.at, usegmt=True))

    do_GET = do_HEAD = do_PUT = do_DELETE = handle_one

    def log_message(self, *args):
        pass


def unchunked(sent):
    """The body of a PUT that comes in pieces, each after its length in hexadecimal."""
    body = b""
    while sent:
        length, _, sent = sent.partition(b"\r\n")
        if not (size := int(length.partition(b";")[0], 16)):
            break
        body, sent = body + sent[:size], sent[size + 2 :]
    return body


def listed(kept, prefix):
    rows = [
        f"<Contents><Key>{name}</Key><LastModified>{found.at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
        f"<ETag>x</ETag><Size>{len(found.body)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for name, found in kept.items()
        if name.startswith(prefix)
    ]
    return (
        f"<ListBucketResult><Name>{BUCKET}</Name><Prefix>{prefix}</Prefix><MaxKeys>1000</MaxKeys>"
        f"<IsTruncated>false</IsTruncated>{''.join(rows)}</ListBucketResult>"
    ).encode()


@pytest.fixture
def bucket():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    server.kept = {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def machine(bucket):
    """The storage as one machine has it, with the options of config/settings.py."""
    return S3Storage(
        bucket_name=BUCKET,
        endpoint_url=f"http://127.0.0.1:{bucket.server_port}",
        region_name="eu-central-1",
        access_key="who",
        secret_key="how they prove it",
        default_acl="private",
        file_overwrite=False,
    )


@pytest.fixture(autouse=True)
def here(bucket, monkeypatch):
    monkeypatch.setattr(default_storage, "_wrapped", machine(bucket))


@pytest.fixture
def ana():
    person = make_publishable(make_person("Ana Example", slug="ana", country="AZ"), make_staff("maker"))
    agree(person, "photo")
    return person


def test_a_picture_is_read_by_the_application_and_has_our_headers(client, ana, bucket):
    picture = make_portrait(ana)
    answer = client.get(f"/pictures/{picture.stem}-480.jpg")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer.content == bucket.kept[f"pictures/{picture.stem}-480.jpg"].body
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "127.0.0.1" not in client.get("/cases/ana/").text


def test_nobody_but_the_application_reads_the_bucket(ana, bucket):
    picture = make_portrait(ana)
    assert {found.headers["x-amz-acl"] for found in bucket.kept.values()} == {"private"}
    with pytest.raises(HTTPError, match="403"):
        urllib.request.urlopen(f"http://127.0.0.1:{bucket.server_port}/{BUCKET}/pictures/{picture.stem}-480.jpg")


def test_what_one_machine_took_every_machine_shows_and_none_once_it_is_taken_back(client, ana, bucket, monkeypatch):
    picture = make_portrait(ana)
    monkeypatch.setattr(default_storage, "_wrapped", machine(bucket))
    assert client.get(f"/pictures/{picture.stem}-960.webp").content[:4] == b"RIFF"
    retract(picture, by=None, because="Asked")
    assert client.get(f"/pictures/{picture.stem}-960.webp").status_code == 404


def test_a_file_that_is_not_there_is_a_404(client, ana, bucket):
    picture = make_portrait(ana)
    bucket.kept.clear()
    assert client.get(f"/pictures/{picture.stem}-480.jpg").status_code == 404


def test_what_belongs_to_no_picture_is_swept(ana, bucket):
    make_portrait(ana).delete()
    assert len(bucket.kept) == 6
    assert sweep_pictures(at=timezone.now()) == 0
    assert sweep_pictures(at=timezone.now() + timedelta(days=2)) == 6
    assert bucket.kept == {}


def test_an_empty_bucket_is_nothing_to_sweep():
    assert sweep_pictures(at=timezone.now()) == 0
