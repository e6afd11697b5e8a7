"""The served model: read once, exchanged when its files change, never fatal."""

import os
import shutil
from pathlib import Path

import pytest

from tests.builders import a_patient
from tests.triage_core.model.test_bundle import FACTORY, a_version, promote
from triage_core.errors import BundleError
from triage_core.levels import FrenchLevel
from triage_core.model import bundle as bundles
from triage_core.model import replace
from triage_core.model.served import ServedModel


@pytest.fixture
def models(tmp_path: Path) -> Path:
    shutil.copytree(FACTORY, tmp_path / "factory")
    return tmp_path


def test_the_same_files_are_read_once_and_new_ones_at_once(models: Path) -> None:
    served = ServedModel(models)
    first, _ = served.current()
    assert served.current()[0] is first
    promote(models, "v2")
    second, error = served.current()
    assert second is not None
    assert (second.version, error) == ("v2", None)


def test_a_broken_champion_leaves_the_rules_alone_and_says_why(models: Path) -> None:
    promote(models, "v2")
    (models / "champion" / "model.json").write_bytes(b"{}")
    told = ServedModel(models).opinion(a_patient(), "douleur_gorge", FrenchLevel.L5)
    assert (told.opinion, told.contributions, told.version) == (None, (), None)
    assert told.error is not None
    assert "model.json" in told.error


def test_what_another_thread_has_just_loaded_is_not_loaded_again(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served, other = ServedModel(models), ServedModel(models)
    theirs, _ = other.current()

    class LateLock:
        def __enter__(self) -> None:
            monkeypatch.setattr(served, "_loaded", other._loaded)

        def __exit__(self, *fault: object) -> None: ...

    monkeypatch.setattr(served, "_lock", LateLock())
    assert served.current()[0] is theirs


def test_a_bundle_swapped_while_it_was_read_is_read_again(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    promote(models, "v2")
    load, tries = bundles.load_bundle, []

    def torn_twice(folder: Path) -> bundles.Bundle:
        tries.append(folder)
        if len(tries) < 3:
            os.utime(folder / "manifest.json", ns=(0, len(tries)))
            raise BundleError("two halves of two models")
        return load(folder)

    monkeypatch.setattr(bundles, "load_bundle", torn_twice)
    assert bundles.load_served(models).version == "v2"
    assert len(tries) == 3


def test_a_bundle_that_is_swapped_at_every_try_is_read_a_last_time(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = iter(range(100))
    monkeypatch.setattr(bundles, "bundle_stamp", lambda models_dir: next(stamps))
    (models / "champion").mkdir()
    with pytest.raises(BundleError):
        bundles.load_served(models)
    assert next(stamps) == 6


def test_a_system_that_cannot_exchange_folders_renames_twice(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class OldKernel:
        @staticmethod
        def renameat2(*arguments: object) -> int:
            return -1

    monkeypatch.setattr(replace.ctypes, "CDLL", lambda *arguments, **named: OldKernel)
    promote(models, "v2")
    promote(models, "v3")
    assert bundles.load_served(models).version == "v3"


def test_only_the_files_of_a_bundle_are_copied(models: Path) -> None:
    source = a_version(models, "v2")
    (source / "notes").mkdir()
    replace.replace_folder(source, models / "champion")
    assert sorted(path.name for path in (models / "champion").iterdir()) == ["manifest.json", "model.json"]
