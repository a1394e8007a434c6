"""Pictures from a storage that has no folders and no paths, as an object storage has none."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils import timezone
from makers import make_person, make_publishable, make_staff
from makers_protection import agree, make_portrait

from cases.actions.picturing import sweep_pictures

pytestmark = [pytest.mark.django_db, pytest.mark.once]


class Bucket(Storage):
    """Names, their bytes, and when they came; a folder is only how a name begins."""

    def __init__(self):
        self.kept = {}

    def _save(self, name, content):
        self.kept[name] = (content.read(), timezone.now())
        return name

    def _open(self, name, mode="rb"):
        if name not in self.kept:
            raise FileNotFoundError(name)
        return ContentFile(self.kept[name][0])

    def exists(self, name):
        return name in self.kept

    def delete(self, name):
        del self.kept[name]

    def listdir(self, path):
        return [], [name.removeprefix(f"{path}/") for name in self.kept if name.startswith(f"{path}/")]

    def get_modified_time(self, name):
        return self.kept[name][1]


@pytest.fixture(autouse=True)
def bucket(monkeypatch):
    monkeypatch.setattr(default_storage, "_wrapped", Bucket())


@pytest.fixture
def ana():
    person = make_publishable(make_person("Ana Example", slug="ana", country="AZ"), make_staff("maker"))
    agree(person, "photo")
    return person


def test_a_picture_is_read_by_the_application_and_has_our_headers(client, ana):
    picture = make_portrait(ana)
    answer = client.get(f"/pictures/{picture.stem}-480.jpg")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_what_belongs_to_no_picture_is_swept(ana):
    make_portrait(ana).delete()
    assert sweep_pictures(at=timezone.now() + timedelta(days=2)) == 6
    assert default_storage.listdir("pictures")[1] == []


def test_an_empty_bucket_is_nothing_to_sweep():
    assert sweep_pictures(at=timezone.now()) == 0
