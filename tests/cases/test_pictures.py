"""Pictures: what is taken, what is made of it, and who may see it when."""

import io
import struct
import zlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from makers import make_person, make_publishable, make_staff
from makers_admin import add_url, change_url, delete_url
from makers_protection import agree, in_days, make_picture, make_portrait, picture_bytes, upload
from makers_roles import desk_of
from PIL import Image, PngImagePlugin

from cases.actions.pausing import pause
from cases.actions.picturing import MOST_BYTES, read_picture, reopen_picture, sweep_pictures, take
from cases.actions.publishing import draft_rows, publish, retract
from cases.errors import Refusal
from cases.models import Change, Picture, PublicationBasis
from cases.picture_files import size_at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ana():
    person = make_publishable(make_person("Ana Example", slug="ana", country="AZ"), make_staff("maker"))
    agree(person, "photo")
    return person


def address(picture, width=480, suffix="jpg"):
    return f"/pictures/{picture.stem}-{width}.{suffix}"


def kept_files():
    """Name and content of every file that an upload left."""
    names = default_storage.listdir("pictures")[1]
    assert len(names) == 6
    for name in names:
        with default_storage.open(f"pictures/{name}") as file:
            yield name, file.read()


def exif_bytes():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x8825] = {1: "N", 2: (40.0, 24.0, 0.0)}
    return picture_bytes(exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile" * 20)


def bomb(width, height):
    """A small PNG that says it is enormous."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_an_upload_becomes_three_sizes_in_two_formats(ana, kind, mode):
    picture = Picture(person=ana)
    take(picture, upload(picture_bytes((1200, 1500), kind, mode if kind != "WEBP" else "RGB")))
    assert len(picture.stem) == 32 and (picture.width, picture.height) == (1200, 1500)
    made = sorted(default_storage.listdir("pictures")[1])
    assert made == sorted(f"{picture.stem}-{width}.{end}" for width in (160, 480, 960) for end in ("jpg", "webp"))
    for name in made:
        with default_storage.open(f"pictures/{name}") as file:
            image = Image.open(file)
            assert image.format == ("JPEG" if name.endswith("jpg") else "WEBP")
            assert image.size[0] == int(name.partition("-")[2].partition(".")[0])
            assert image.size == size_at(image.size[0], 1200, 1500)


def test_a_small_picture_is_not_blown_up(ana):
    picture = Picture(person=ana)
    take(picture, upload(picture_bytes((200, 250))))
    with default_storage.open(f"pictures/{picture.stem}-960.jpg") as file:
        assert Image.open(file).size == (200, 250)


def test_nothing_but_pixels_is_left_of_the_file(ana):
    data = exif_bytes()
    assert b"SecretCamera" in data and b"SecretComment" in data
    picture = Picture(person=ana)
    take(picture, upload(data, name="Home of Ana.jpg"))
    for name, made in kept_files():
        image = Image.open(io.BytesIO(made))
        assert b"Secret" not in made and b"Exif" not in made and not image.getexif()
        assert "icc_profile" not in image.info and "comment" not in image.info
        assert "Home" not in name


def test_words_hidden_in_a_png_are_gone(ana):
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "SecretAuthor")
    take(Picture(person=ana), upload(picture_bytes(kind="PNG", pnginfo=words)))
    assert b"SecretAuthor" in picture_bytes(kind="PNG", pnginfo=words)
    assert not any(b"SecretAuthor" in made for _name, made in kept_files())


def test_a_picture_that_is_also_a_page_is_only_a_picture_afterwards(ana):
    take(Picture(person=ana), upload(picture_bytes() + b"<script>alert(1)</script>", name="x.jpg.html"))
    assert not any(b"<script" in made for _name, made in kept_files())


def test_a_picture_lying_on_its_side_is_set_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_picture(upload(picture_bytes((400, 300), exif=exif))).size == (300, 400)


def test_what_is_transparent_stands_on_white():
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    assert read_picture(upload(buffer.getvalue())).getpixel((5, 5)) == (255, 255, 255)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "svg": (SVG, "no whole JPEG"),
    "gif": (picture_bytes(kind="GIF"), "no whole JPEG"),
    "gif that is also a script": (b"GIF89a/*" + picture_bytes(kind="GIF")[8:] + b"*/=1;alert(1)", "no whole JPEG"),
    "tiff": (picture_bytes(kind="TIFF"), "no whole JPEG"),
    "page": (b"<!doctype html><script>alert(1)</script>", "no whole JPEG"),
    "empty": (b"", "no whole JPEG"),
    "noise": (bytes(range(256)) * 40, "no whole JPEG"),
    "truncated jpeg": (picture_bytes((1000, 1000))[:-400], "no whole JPEG"),
    "truncated png": (picture_bytes((1000, 1000), "PNG")[:-200], "no whole JPEG"),
    "truncated webp": (picture_bytes((1000, 1000), "WEBP")[:-60], "no whole JPEG"),
    "head alone": (picture_bytes()[:24], "no whole JPEG"),
    "bomb": (bomb(60_000, 60_000), "40 million"),
    "just too many pixels": (bomb(8000, 5001), "40 million"),
    "lie about the size": (bomb(800, 800), "no whole JPEG"),
    "too small": (picture_bytes((159, 300)), "too small"),
    "too long": (picture_bytes((160, 500)), "too long"),
    "too large": (picture_bytes() + b"\0" * MOST_BYTES, "10 MB"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_taken_is_refused_with_a_sentence(ana, what):
    data, sentence = REFUSED[what]
    with pytest.raises(Refusal, match=sentence):
        take(Picture(person=ana), upload(data))
    assert not default_storage.exists("pictures")


def test_no_picture_of_a_minor_or_without_asking_or_beside_a_waiting_one(ana):
    minor = make_person("Ben Example", slug="x", is_minor=True, pseudonym="Sparrow")
    with pytest.raises(Refusal, match="minor"):
        take(Picture(person=minor), upload())
    make_portrait(ana, public=False)
    with pytest.raises(Refusal, match="waits already"):
        take(Picture(person=ana), upload())
    PublicationBasis.objects.update(kind="public_record", approved_by=make_staff("approver"))
    with pytest.raises(Refusal, match="nobody was asked"):
        take(Picture(person=ana), upload())


def test_a_picture_waits_and_becomes_public_with_the_page(client, ana):
    picture = make_portrait(ana, public=False)
    assert (Picture, 1) in draft_rows(ana)
    assert client.get(address(picture)).status_code == 404
    assert "No portrait published" in client.get("/cases/ana/").text
    publish(ana, by=make_staff("other"), because="Reviewed")
    page = client.get("/cases/ana/").text
    assert address(picture, 960, "webp") in page and 'alt="A portrait"' in page and "A photographer" in page
    assert 'width="480" height="600"' in page and "No portrait published" not in page


def test_another_picture_takes_the_place_of_the_one_shown(client, ana):
    old = make_portrait(ana)
    new = make_portrait(ana, public=False)
    publish(ana, by=make_staff("other"), because="A better one")
    assert client.get(address(old)).status_code == 404 and client.get(address(new)).status_code == 200
    assert Change.objects.about(old).get().because == "Another picture is shown."


@pytest.mark.parametrize(("suffix", "kind"), [("jpg", "image/jpeg"), ("webp", "image/webp")])
def test_a_file_is_served_as_a_picture_and_nothing_else(client, ana, suffix, kind):
    answer = client.get(address(make_portrait(ana), 160, suffix))
    assert answer.status_code == 200 and answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("public, max-age=60,")
    assert not answer.cookies


def test_who_has_the_file_is_not_sent_it_again_but_told_when_it_is_gone(client, ana, monkeypatch):
    picture = make_portrait(ana)
    tag = client.get(address(picture)).headers["ETag"]
    assert client.get(address(picture, 160)).headers["ETag"] != tag
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "open", None)  # Nothing is read for it.
        again = client.get(address(picture), headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"].startswith("public, max-age=60,")
    retract(picture, by=None, because="Asked")
    assert client.get(address(picture), headers={"if-none-match": tag}).status_code == 404


def test_there_are_no_other_sizes_kinds_or_names(client, ana):
    picture = make_portrait(ana)
    for odd in (address(picture, 481), address(picture, 480, "svg"), address(picture, 480, "html")):
        assert client.get(odd).status_code == 404
    for odd in ("/pictures/", f"/pictures/{picture.stem}", "/pictures/../settings-480.jpg", "/media/pictures/"):
        assert client.get(odd).status_code == 404
    assert client.get(address(make_picture(make_person()))).status_code == 404, "a row without its files"


def test_the_file_is_gone_with_the_pause_the_page_and_the_licence(client, ana):
    picture = make_portrait(ana, licence_expires_on=in_days(0))
    assert client.get(address(picture)).status_code == 200
    Picture.objects.update(licence_expires_on=in_days(-1))
    assert client.get(address(picture)).status_code == 404
    assert picture.stem not in client.get("/cases/ana/").text
    Picture.objects.update(licence_expires_on=None)
    assert client.get(address(picture)).status_code == 200
    pause(ana, asked_by="the sister", review_on=in_days(3), by=make_staff("dp"))
    assert client.get(address(picture)).status_code == 404
    ana.pauses.update(lifted_at=timezone.now())
    retract(ana, by=None, because="Asked")
    assert client.get(address(picture)).status_code == 404


def test_only_one_picture_comes_back_at_a_time(ana):
    gone = make_portrait(ana)
    retract(gone, by=None, because="Asked")
    waiting = make_picture(ana, public=False)
    with pytest.raises(Refusal, match="waits to be published"):
        reopen_picture(gone, by=make_staff("other"), because="Again")
    waiting.delete()
    reopen_picture(gone, by=make_staff("third"), because="Again")
    gone.refresh_from_db()
    assert gone.state == "draft"


def test_files_of_no_picture_are_swept_away_after_a_day(ana):
    kept, gone = make_portrait(ana), make_portrait(make_person())
    gone.delete()
    assert sweep_pictures(at=timezone.now()) == 0
    assert sweep_pictures(at=timezone.now() + timedelta(days=2)) == 6
    assert {name.partition("-")[0] for name in default_storage.listdir("pictures")[1]} == {kept.stem}


def test_files_of_a_picture_taken_back_are_deleted_after_a_month_and_it_cannot_come_back(admin_client, ana):
    shown, gone = make_portrait(make_person()), make_portrait(ana)
    retract(gone, by=None, because="Asked")
    assert sweep_pictures(at=timezone.now() + timedelta(days=29)) == 0
    assert "<img" in admin_client.get(change_url(gone)).text
    assert sweep_pictures(at=timezone.now() + timedelta(days=31)) == 6
    assert {name.partition("-")[0] for name in default_storage.listdir("pictures")[1]} == {shown.stem}
    page = admin_client.get(change_url(gone)).text
    assert "deleted" in page and reverse("admin:cases_picture_file", args=[gone.pk]) not in page
    with pytest.raises(Refusal, match="Add the picture again"):
        reopen_picture(gone, by=make_staff("other"), because="Again")
    gone.refresh_from_db()
    assert gone.state == "retracted"


def test_a_picture_that_somebody_else_added_is_deleted_by_an_editor_until_it_is_public(ana):
    editor, waiting = desk_of("editor"), make_portrait(ana, public=False)
    assert editor.post(delete_url(waiting), {"post": "yes"}).status_code == 302
    assert not Picture.objects.exists()
    assert editor.post(delete_url(make_portrait(ana)), {"post": "yes"}).status_code == 403


def told(person, **changed):
    return {
        "person": person.pk,
        "upload": upload(),
        "alt": "Ana at her desk",
        "credit": "Family",
        "licence": "By permission",
        **changed,
    }


def test_a_picture_is_added_on_the_desk_and_seen_there_while_it_waits(admin_client, client, ana):
    answer = admin_client.post(add_url(Picture), told(ana), follow=True)
    assert answer.status_code == 200
    picture = Picture.objects.get()
    assert (picture.state, picture.alt, picture.width) == ("draft", "Ana at her desk", 800)
    assert Change.objects.about(picture).get().verb == "add"
    preview = reverse("admin:cases_picture_file", args=[picture.pk])
    assert preview in admin_client.get(change_url(picture)).text and preview in admin_client.get(change_url(ana)).text
    shown = admin_client.get(preview)
    assert shown.headers["Content-Type"] == "image/jpeg" and "no-store" in shown.headers["Cache-Control"]
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(preview).status_code == 302 and client.get(address(picture)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"upload": upload(SVG, "x.svg")}, "no whole JPEG"),
        ({"upload": ""}, "This field is required"),
        ({"alt": ""}, "This field is required"),
        ({"credit": ""}, "This field is required"),
        ({"licence": ""}, "This field is required"),
    ],
)
def test_the_desk_refuses_with_a_sentence(admin_client, ana, changed, sentence):
    assert sentence in admin_client.post(add_url(Picture), told(ana, **changed)).text
    assert not Picture.objects.exists()


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "1"), ("WEBP", "RGB")])
def test_of_every_kind_of_colour_and_of_many_pictures_one_plain_picture_is_read(kind, mode):
    red = Image.new("RGB", (400, 300), "red")
    buffer = io.BytesIO()
    moving = {"save_all": True, "append_images": [Image.new("RGB", (400, 300), "blue")]} if kind == "WEBP" else {}
    red.convert(mode).save(buffer, kind, **moving)
    image = read_picture(buffer)
    assert (image.mode, image.size, getattr(image, "n_frames", 1)) == ("RGB", (400, 300), 1)
    red_part, _green, blue_part = image.getpixel((200, 150))
    assert mode == "1" or (red_part > 200 and blue_part < 60)


def test_a_grey_picture_of_sixteen_bits_keeps_its_greys():
    for stored, shown in ((0, 0), (30_000, 117), (65_535, 255)):
        buffer = io.BytesIO()
        Image.new("I;16", (400, 300), stored).save(buffer, "PNG")
        assert read_picture(buffer).getpixel((200, 150)) == (shown, shown, shown)
