"""A backup taken while the server writes is whole, is read back, and comes back with everything."""

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.backup import MANIFEST, BackupRefused, make_backup, read_backup, restore
from app.settings import ROOT, Settings
from app.verification import verify_journals
from app.wiring import Services
from feedback_store.journals import DECISIONS, KEY
from feedback_store.store import FeedbackStore
from tests.bench_services import verdict_on
from tests.builders import a_request


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", models_dir=tmp_path / "models")


@pytest.fixture
def services(settings: Settings) -> Services:
    """Three decisions, verdicts and labels; a champion; files of other areas."""
    services = Services(settings)
    for number in range(3):
        decision = services.decide(a_request(), label=f"Box {number}")
        services.store.submit(verdict_on(decision.prediction_id, decision.gravity_level.value))
    shutil.copytree(ROOT / "models" / "factory", settings.models_dir / "champion")
    (settings.data_dir / "users.json").write_text("{}")
    with closing(sqlite3.connect(settings.data_dir / "others.sqlite")) as database, database:
        database.execute("CREATE TABLE t (n INT)")
    return services


def elsewhere(settings: Settings, folder: Path) -> Settings:
    return settings.model_copy(update={"data_dir": folder / "data", "models_dir": folder / "models"})


def test_what_is_restored_is_what_was_backed_up(services: Services, settings: Settings, tmp_path: Path) -> None:
    made = make_backup(settings, tmp_path / "backup")
    assert (made.lines, made.findings) == (9, ())
    assert made.code == services.store.keeping.current_digest().code
    there = elsewhere(settings, tmp_path / "there")
    backup, aside = restore(there, tmp_path / "backup")
    assert (backup.code, aside) == (made.code, None)
    restored = Services(there)
    assert restored.store.stats().total_predictions == restored.store.count() == 3
    assert restored.decide(a_request()).model_version is not None
    assert verify_journals(there.data_dir).is_sound
    with closing(sqlite3.connect(there.data_dir / "others.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_backup_taken_while_others_write_is_sound(services: Services, settings: Settings, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            services.decide(a_request(), label="Box")

    writer = threading.Thread(target=write)
    writer.start()
    backups = [make_backup(settings, tmp_path / f"backup{number}") for number in range(3)]
    done.set()
    writer.join()
    assert [backup.findings for backup in backups] == [(), (), ()]
    assert backups[0].lines < backups[2].lines


def test_a_backup_holds_its_key_unless_told_not_to(services: Services, settings: Settings, tmp_path: Path) -> None:
    make_backup(settings, tmp_path / "with")
    assert (tmp_path / "with" / "data" / KEY).stat().st_mode & 0o077 == 0
    made = make_backup(settings, tmp_path / "without", with_key=False)
    assert made.lines == 9 and not (tmp_path / "without" / "data" / KEY).exists()


def test_a_place_that_holds_something_is_refused_both_ways(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    make_backup(settings, tmp_path / "backup")
    with pytest.raises(BackupRefused, match="not empty"):
        make_backup(settings, tmp_path / "backup")
    with pytest.raises(BackupRefused, match="--force"):
        restore(settings, tmp_path / "backup")


def test_a_forced_restore_moves_aside_what_was_there(services: Services, settings: Settings, tmp_path: Path) -> None:
    make_backup(settings, tmp_path / "backup")
    last = services.decide(a_request())
    _, aside = restore(settings, tmp_path / "backup", is_forced=True)
    assert aside is not None and FeedbackStore(aside / "data").decision(last.prediction_id) is not None
    assert FeedbackStore(settings.data_dir).stats().total_predictions == 3
    assert verify_journals(settings.data_dir).is_sound
    assert not make_backup(settings, tmp_path / "second").findings
    assert not list((tmp_path / "second").rglob("before-restore-*"))


@pytest.mark.parametrize("inside", ["data", "models"])
def test_a_backup_inside_what_it_saves_is_refused(settings: Settings, services: Services, inside: str) -> None:
    place = {"data": settings.data_dir, "models": settings.models_dir}[inside]
    for target in (place, place / "backup", place / ".." / place.name / "of" / "today"):
        with pytest.raises(BackupRefused, match="inside"):
            make_backup(settings, target)
    assert not list(place.rglob("*.partial"))


@pytest.mark.parametrize("spoil", ["changed", "removed", "added", "manifest", "version", "absent"])
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_touched(
    services: Services, settings: Settings, tmp_path: Path, spoil: str
) -> None:
    backup = make_backup(settings, tmp_path / "backup").folder.with_name("backup")
    journal, manifest = backup / "data" / DECISIONS, backup / MANIFEST
    if spoil == "changed":
        journal.write_bytes(journal.read_bytes().replace(b'"sexe":"F"', b'"sexe":"M"', 1))
    elif spoil == "added":
        (backup / "data" / "access").mkdir()
        (backup / "data" / "access" / "access.db").write_bytes(b"accounts of somebody else")
    elif spoil == "removed":
        journal.unlink()
    elif spoil == "absent":
        manifest.unlink()
    else:
        told = {"manifest": "[]", "version": manifest.read_text().replace('"version": 1', '"version": 2')}
        manifest.write_text(told[spoil])
    there = elsewhere(settings, tmp_path / "there")
    with pytest.raises(BackupRefused):
        restore(there, backup)
    assert not there.data_dir.exists()


def test_a_damaged_journal_is_backed_up_as_it_is_and_restored_only_when_forced(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    journal = settings.data_dir / DECISIONS
    journal.write_bytes(journal.read_bytes().replace(b'"sexe":"F"', b'"sexe":"M"', 1))
    made = make_backup(settings, tmp_path / "backup")
    assert "line 1 seq 1: altered" in made.findings[0]
    there = elsewhere(settings, tmp_path / "there")
    with pytest.raises(BackupRefused, match="altered"):
        restore(there, tmp_path / "backup")
    restore(there, tmp_path / "backup", is_forced=True)
    assert not verify_journals(there.data_dir).is_sound


def test_an_interrupted_backup_leaves_no_folder_that_looks_like_one(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "backup.partial" / "left").mkdir(parents=True)
    (tmp_path / "backup").mkdir()
    made = make_backup(settings, tmp_path / "backup")
    assert not (tmp_path / "backup.partial").exists()
    assert read_backup(tmp_path / "backup").code == made.code
