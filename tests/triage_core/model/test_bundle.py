"""A bundle is refused when anything about it is in doubt, and replaced without a moment of half a model."""

import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from triage_core.errors import BundleError
from triage_core.model import bundle as bundles
from triage_core.model import manifest as manifests
from triage_core.model import replace

FACTORY = Path(__file__).parents[3] / "models" / "factory"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    shutil.copytree(FACTORY, tmp_path / "factory")
    return tmp_path


def a_version(models: Path, version: str) -> Path:
    """The factory model under another version, as a candidate for the swap."""
    folder = models / f"candidate-{version}"
    content = dict(manifests.read_manifest(FACTORY)) | {"version": version}
    bundles.write_bundle(folder, (FACTORY / "model.json").read_bytes(), content)
    return folder


def promote(models: Path, version: str) -> None:
    bundles.swap(a_version(models, version), models / "champion", models / "history")


def test_a_first_start_serves_the_factory_model(models: Path) -> None:
    assert bundles.load_served(models).version == "factory-1"


def test_a_models_folder_of_its_own_starts_with_the_shipped_factory_model(tmp_path: Path) -> None:
    assert bundles.load_served(tmp_path).version.startswith("factory")


def test_without_any_model_the_reason_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "SHIPPED_FACTORY", tmp_path / "nowhere")
    with pytest.raises(BundleError, match="cannot be read"):
        bundles.load_served(tmp_path)


def test_a_broken_champion_is_refused_and_no_other_model_slips_in(models: Path) -> None:
    promote(models, "v1")
    (models / "champion" / "model.json").unlink()
    with pytest.raises(BundleError, match=r"model\.json cannot be read"):
        bundles.load_served(models)


@pytest.mark.parametrize("name", ["model.json", "manifest.json"])
def test_any_single_flipped_bit_is_refused(models: Path, name: str) -> None:
    file = models / "factory" / name
    sound, dice = file.read_bytes(), random.Random(7)
    for _ in range(60):
        place = dice.randrange(len(sound))
        altered = bytearray(sound)
        altered[place] ^= 1 << dice.randrange(8)
        file.write_bytes(altered)
        with pytest.raises(BundleError):
            bundles.load_bundle(models / "factory")


def test_a_file_cut_short_is_refused(models: Path) -> None:
    file = models / "factory" / "manifest.json"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(BundleError, match="altered"):
        bundles.load_bundle(models / "factory")


def test_a_model_older_than_the_features_is_refused_with_the_difference(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "COLUMNS", (*manifests.COLUMNS, "lactate_sur"))
    with pytest.raises(BundleError, match=r"older than the features.*lactate_sur"):
        bundles.load_bundle(models / "factory")


def test_a_model_of_other_reference_intervals_is_refused(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "features_digest", lambda: "another")
    with pytest.raises(BundleError, match="reference interval"):
        bundles.load_bundle(models / "factory")


def test_a_sealed_manifest_that_lacks_a_part_is_refused(models: Path) -> None:
    content = {k: v for k, v in manifests.read_manifest(FACTORY).items() if k != "thresholds"}
    bundles.write_bundle(models / "poor", (FACTORY / "model.json").read_bytes(), content)
    with pytest.raises(BundleError, match="incomplete"):
        bundles.load_bundle(models / "poor")


@pytest.mark.parametrize("version", ["../up", "", "a/b", 3])
def test_a_version_that_is_no_safe_folder_name_is_refused(tmp_path: Path, version: object) -> None:
    with pytest.raises(BundleError, match="version"):
        bundles.write_bundle(tmp_path / "b", b"{}", {"version": version})


def test_a_promotion_is_served_at_once_and_the_old_champion_can_come_back(models: Path) -> None:
    stamps = [bundles.bundle_stamp(models)]
    for version in ("v1", "v2"):
        promote(models, version)
        stamps.append(bundles.bundle_stamp(models))
        assert bundles.load_served(models).version == version
    assert len(set(stamps)) == 3
    assert bundles.swap(models / "history" / "v1", models / "champion", models / "history") == "v1"
    assert bundles.load_served(models).version == "v1"
    assert bundles.load_bundle(models / "history" / "v2").version == "v2"


def test_a_broken_candidate_leaves_the_champion_alone(models: Path) -> None:
    promote(models, "v1")
    candidate = a_version(models, "v2")
    (candidate / "model.json").write_bytes(b"{}")
    with pytest.raises(BundleError):
        bundles.swap(candidate, models / "champion", models / "history")
    assert bundles.load_served(models).version == "v1"


@pytest.mark.slow
def test_a_reader_never_meets_half_a_champion_while_it_is_swapped(models: Path) -> None:
    promote(models, "v1")
    candidates, done = [a_version(models, "v2"), a_version(models, "v3")], threading.Event()

    def keep_swapping() -> None:
        for turn in range(12):
            bundles.swap(candidates[turn % 2], models / "champion", models / "history")
        done.set()

    swapping = threading.Thread(target=keep_swapping)
    swapping.start()
    seen = set()
    while not done.is_set():
        seen.add(bundles.load_served(models).version)
    swapping.join()
    assert seen <= {"v1", "v2", "v3"}
    assert bundles.load_served(models).version == "v3"


@pytest.mark.slow
def test_where_folders_cannot_be_exchanged_the_old_one_is_found_between_the_two_renames(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(models, "v1")
    monkeypatch.setattr(replace.sys, "platform", "darwin")
    promote(models, "v2")
    assert bundles.load_served(models).version == "v2"
    (models / "champion").rename(replace.previous_of(models / "champion"))  # the machine stopped between the two
    assert bundles.load_served(models).version == "v2"
    promote(models, "v3")
    assert bundles.load_served(models).version == "v3"
    assert bundles.load_bundle(models / "history" / "v2").version == "v2"


def test_what_an_interrupted_swap_left_is_cleared_by_the_next(models: Path) -> None:
    (models / ".incoming-dead").mkdir()
    promote(models, "v1")
    assert sorted(p.name for p in models.iterdir() if p.name.startswith(".")) == []


@pytest.mark.slow
def test_xgboost_is_not_imported_before_a_model_is_loaded() -> None:
    told = "import sys, triage_core.model.served; print('xgboost' in sys.modules, 'pandas' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]


MANIFEST_FAULTS = [
    ({"motif_prior": [1]}, "numbers"),
    ({"calibrators": []}, "3 calibrators"),
    ({"calibrators": [{"x": [1, 0], "y": [0, 1]}] * 3}, "increase"),
    ({"thresholds": {"ROUGE": 0.5}}, "incomplete"),
]


@pytest.mark.parametrize(("change", "said"), MANIFEST_FAULTS)
def test_a_sealed_manifest_with_a_part_of_another_shape_is_refused(
    models: Path, change: dict[str, object], said: str
) -> None:
    content = dict(manifests.read_manifest(FACTORY)) | change
    bundles.write_bundle(models / "odd", (FACTORY / "model.json").read_bytes(), content)
    with pytest.raises(BundleError, match=said):
        bundles.load_bundle(models / "odd")


@pytest.mark.parametrize("change", [{"format": 99}, {"levels": ["1", "2", "3", "4", "5"]}, {"features": None}])
def test_a_bundle_of_another_format_scale_or_feature_list_is_refused(models: Path, change: dict[str, object]) -> None:
    content = dict(manifests.read_manifest(FACTORY)) | change
    (models / "factory" / "manifest.json").write_bytes(manifests.sealed(content))
    with pytest.raises(BundleError, match=r"99|levels|older"):
        bundles.load_bundle(models / "factory")


def test_a_file_that_xgboost_cannot_read_is_refused_even_with_a_true_digest(models: Path) -> None:
    bundles.write_bundle(models / "odd", b'{"no":"model"}', manifests.read_manifest(FACTORY))
    with pytest.raises(BundleError, match="XGBoost"):
        bundles.load_bundle(models / "odd")


def test_a_broken_champion_is_kept_aside_when_a_sound_one_replaces_it(models: Path) -> None:
    promote(models, "v1")
    (models / "champion" / "manifest.json").write_bytes(b"torn")
    promote(models, "v2")
    assert bundles.load_served(models).version == "v2"
    assert [p.name.startswith("illisible-") for p in (models / "history").iterdir()] == [True]


def test_two_models_of_one_version_both_stay_in_the_history(models: Path) -> None:
    for note in ("one", "two"):
        content = dict(manifests.read_manifest(FACTORY)) | {"version": "v1", "note": note}
        bundles.write_bundle(models / note, (FACTORY / "model.json").read_bytes(), content)
        bundles.swap(models / note, models / "champion", models / "history")
    promote(models, "v2")
    promote(models, "v3")
    bundles.swap(models / "one", models / "champion", models / "history")
    promote(models, "v2")
    notes = {manifests.read_manifest(p).get("note") for p in (models / "history").iterdir()}
    assert {"one", "two"} <= notes
