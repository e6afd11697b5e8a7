"""A human promotes what the gate accepted, and one step back is always there."""

import json
import shutil
from pathlib import Path

import pytest

from app.shelf import ModelShelf
from feedback_store.journals import ledgers_of
from triage_core.errors import BundleError, PromotionRefused
from triage_core.model.bundle import write_bundle
from triage_core.model.manifest import read_manifest

FACTORY = Path(__file__).parents[2] / "models" / "factory"
FIRST = str(read_manifest(FACTORY)["version"])


@pytest.fixture
def told() -> list[tuple[str, int | None]]:
    """What MLflow was told."""
    return []


@pytest.fixture
def shelf(tmp_path: Path, told: list[tuple[str, int | None]]) -> ModelShelf:
    shutil.copytree(FACTORY, tmp_path / "factory")

    def hear(alias: str, version: int | None) -> bool:
        told.append((alias, version))
        return True

    def note(version: int, reason: str, by: str | None) -> bool:
        told.append((f"{reason} ({by})", version))
        return True

    return ModelShelf(tmp_path, ledgers_of(tmp_path).promotions, move_alias=hear, note_override=note)


def a_challenger(models: Path, number: int, accepted: bool = True, against: str = FIRST) -> str:
    folder = models / "challengers" / f"v{number}"
    content = dict(read_manifest(FACTORY)) | {"version": f"v{number}"}
    write_bundle(folder / "bundle", (FACTORY / "model.json").read_bytes(), content)
    gate = {"accepted": accepted, "reasons": ["rappel ROUGE"], "champion_version": against}
    (folder / "gate.json").write_text(json.dumps(gate | {"run_id": f"r{number}", "registered_version": number}))
    return f"v{number}"


def served(shelf: ModelShelf) -> str:
    return str(shelf.champion()["version"])


def test_a_promoted_challenger_is_served_and_mlflow_is_told(
    shelf: ModelShelf, tmp_path: Path, told: list[tuple[str, int | None]]
) -> None:
    a_challenger(tmp_path, 2)
    promotion = shelf.promote("v2")
    assert (promotion.version, promotion.previous, promotion.is_registered) == ("v2", FIRST, True)
    assert served(shelf) == "v2"
    assert told == [("champion", 2)]


def test_without_a_name_the_accepted_challenger_is_promoted(shelf: ModelShelf, tmp_path: Path) -> None:
    a_challenger(tmp_path, 2)
    assert shelf.promote().version == "v2"


def test_rolling_back_serves_what_was_served_before_step_by_step(shelf: ModelShelf, tmp_path: Path) -> None:
    shelf.promote(a_challenger(tmp_path, 2))
    shelf.promote(a_challenger(tmp_path, 3, against="v2"))
    assert shelf.rollback().version == "v2"
    assert shelf.rollback().version == FIRST
    assert served(shelf) == FIRST
    with pytest.raises(PromotionRefused, match="no version was served before"):
        shelf.rollback()


def test_the_ledger_keeps_who_promoted_and_who_rolled_back(shelf: ModelShelf, tmp_path: Path) -> None:
    shelf.promote(a_challenger(tmp_path, 2), by="Anne")
    shelf.rollback(by="Jean")
    assert [act["by"] for version in ("v2", FIRST) for act in shelf.history(version)] == ["Anne", "Jean"]


def test_a_version_rolled_back_can_be_promoted_again(shelf: ModelShelf, tmp_path: Path) -> None:
    shelf.promote(a_challenger(tmp_path, 2))
    shelf.rollback()
    assert shelf.promote("v2").version == "v2"
    assert shelf.rollback().version == FIRST


def test_what_the_gate_refused_is_never_served(shelf: ModelShelf, tmp_path: Path) -> None:
    a_challenger(tmp_path, 2, accepted=False)
    with pytest.raises(PromotionRefused, match="the gate refused version v2: rappel ROUGE"):
        shelf.promote("v2")
    with pytest.raises(PromotionRefused, match="no accepted challenger waits"):
        shelf.promote()
    assert served(shelf) == FIRST


def test_a_version_without_its_verdict_is_never_served(shelf: ModelShelf, tmp_path: Path) -> None:
    a_challenger(tmp_path, 2)
    (tmp_path / "challengers" / "v2" / "gate.json").unlink()
    with pytest.raises(PromotionRefused, match="cannot be read"):
        shelf.promote("v2")


def test_a_verdict_against_another_champion_proves_nothing(shelf: ModelShelf, tmp_path: Path) -> None:
    a_challenger(tmp_path, 2)
    a_challenger(tmp_path, 3)
    shelf.promote("v2")
    with pytest.raises(PromotionRefused, match="train again"):
        shelf.promote("v3")


def test_a_damaged_challenger_is_refused_and_the_served_model_stays(shelf: ModelShelf, tmp_path: Path) -> None:
    a_challenger(tmp_path, 2)
    model = tmp_path / "challengers" / "v2" / "bundle" / "model.json"
    model.write_bytes(model.read_bytes()[:-9])
    with pytest.raises(PromotionRefused):
        shelf.promote("v2")
    assert served(shelf) == FIRST


@pytest.mark.parametrize("version", ["v9", "../factory", FIRST])
def test_an_unknown_version_is_refused(shelf: ModelShelf, version: str) -> None:
    with pytest.raises(PromotionRefused, match="no version"):
        shelf.promote(version)


def test_the_served_version_is_not_promoted_twice(shelf: ModelShelf, tmp_path: Path) -> None:
    shelf.promote(a_challenger(tmp_path, 2))
    with pytest.raises(PromotionRefused, match="served already"):
        shelf.promote("v2")


def test_the_shelf_shows_each_version_once_with_its_place(shelf: ModelShelf, tmp_path: Path) -> None:
    shelf.promote(a_challenger(tmp_path, 2))
    a_challenger(tmp_path, 3, accepted=False, against="v2")
    a_challenger(tmp_path, 4, against="v2")
    shown = {info.version: (info.alias, info.gate.accepted, info.run_id) for info in shelf.versions()}
    assert shown == {
        FIRST: (None, None, None),
        "v2": ("champion", True, "r2"),
        "v3": (None, False, "r3"),
        "v4": ("challenger", True, "r4"),
    }


def test_a_version_bears_the_date_of_its_manifest_else_of_its_verdict_and_the_factory_model_none(
    shelf: ModelShelf, tmp_path: Path
) -> None:
    day = "2026-01-02T03:04:05+00:00"
    dated = tmp_path / "challengers" / a_challenger(tmp_path, 2) / "bundle"
    write_bundle(dated, (FACTORY / "model.json").read_bytes(), dict(read_manifest(dated)) | {"created": day})
    a_challenger(tmp_path, 3)
    created = {info.version: info.created for info in shelf.versions()}
    assert created["v2"] == day
    assert (created["v3"] or "") > day
    assert created[FIRST] is None


def test_a_broken_champion_is_told_with_its_reason(shelf: ModelShelf, tmp_path: Path) -> None:
    (tmp_path / "champion").mkdir()
    with pytest.raises(BundleError, match="cannot be read"):
        shelf.champion()
    assert [info.alias for info in shelf.versions()] == [None]


def test_a_models_folder_of_its_own_can_go_back_to_the_shipped_model(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path, ledgers_of(tmp_path).promotions, move_alias=lambda *_: True)
    assert served(shelf) == FIRST
    shelf.promote(a_challenger(tmp_path, 2))
    assert shelf.rollback().version == FIRST


WHY = "Comité du 12 mars : perte due à trois cas mal étiquetés, revue du jeu gelé en cours"


def test_a_refused_version_is_served_with_a_written_reason_that_is_kept(
    shelf: ModelShelf, tmp_path: Path, told: list[tuple[str, int | None]]
) -> None:
    a_challenger(tmp_path, 2, accepted=False)
    assert shelf.promote("v2", override=f"  {WHY}\n", by="Dr Roux").version == "v2"
    assert served(shelf) == "v2"
    kept = shelf.overrides()["v2"]
    assert (kept.reason, kept.by, kept.gate_reasons) == (WHY, "Dr Roux", ("rappel ROUGE",))
    line = json.loads((tmp_path / "history" / "promotions.jsonl").read_text(encoding="utf-8"))
    assert (line["act"], line["version"], line["override"], line["previous"]) == ("promote", "v2", WHY, FIRST)
    assert told == [("champion", 2), (f"{WHY} (Dr Roux)", 2)]
    assert shelf.rollback().version == FIRST


@pytest.mark.parametrize("reason", ["", "    \n\t ", "parce que", "x" * 60, "ok ok ok ok ok ok ok ok ok", "a" * 2001])
def test_an_override_without_a_real_reason_changes_nothing(shelf: ModelShelf, tmp_path: Path, reason: str) -> None:
    a_challenger(tmp_path, 2, accepted=False)
    with pytest.raises(PromotionRefused, match="a written reason"):
        shelf.promote("v2", override=reason)
    assert served(shelf) == FIRST
    assert shelf.overrides() == {}


def test_an_override_names_its_version_and_never_serves_the_served_one_or_a_damaged_one(
    shelf: ModelShelf, tmp_path: Path
) -> None:
    a_challenger(tmp_path, 2, accepted=False)
    with pytest.raises(PromotionRefused, match="names its version"):
        shelf.promote(override=WHY)
    shelf.promote("v2", override=WHY)
    with pytest.raises(PromotionRefused, match="served already"):
        shelf.promote("v2", override=WHY)
    a_challenger(tmp_path, 3, accepted=False)
    (tmp_path / "challengers" / "v3" / "bundle" / "model.json").write_bytes(b"{}")
    with pytest.raises(PromotionRefused):
        shelf.promote("v3", override=WHY)
    assert set(shelf.overrides()) == {"v2"}


def test_who_promoted_an_accepted_version_is_kept_too(shelf: ModelShelf, tmp_path: Path) -> None:
    a_challenger(tmp_path, 2)
    shelf.promote("v2", by="Dr Roux")
    line = json.loads((tmp_path / "history" / "promotions.jsonl").read_text(encoding="utf-8"))
    assert (line["by"], "override" in line) == ("Dr Roux", False)
