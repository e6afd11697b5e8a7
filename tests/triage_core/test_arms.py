"""Two models on one visit: the floor of the rules holds for both, and a challenger that fails costs nothing."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import a_patient, a_request
from tests.triage_core.model.test_bundle import FACTORY
from triage_core.levels import FrenchLevel, Gravity
from triage_core.model import challenger as challengers
from triage_core.model.bundle import write_bundle
from triage_core.model.challenger import Challenger
from triage_core.model.manifest import read_manifest
from triage_core.model.served import ServedModel
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import load_rulebook
from triage_core.service import TriageService

EAGER, SHY = {"VERT": 0.0, "JAUNE": 0.0, "ROUGE": 0.0}, {"VERT": 1.0, "JAUNE": 1.0, "ROUGE": 1.0}
MakeService = Callable[..., TriageService]


def a_rival(folder: Path, version: str = "v2", thresholds: dict[str, float] = EAGER) -> Path:
    """The factory model under another name; eager raises every visit to ROUGE, shy raises none."""
    content = dict(read_manifest(FACTORY)) | {"version": version, "thresholds": thresholds}
    write_bundle(folder, (FACTORY / "model.json").read_bytes(), content)
    return folder


@pytest.fixture
def make_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeService:
    monkeypatch.setattr(challengers, "ASK_AGAIN_S", 0.0)
    shutil.copytree(FACTORY, tmp_path / "models" / "factory")
    book = load_rulebook()

    def make(folder: Path | None, is_challengers: bool = False) -> TriageService:
        challenger = Challenger(lambda: folder)
        served = ServedModel(tmp_path / "models")
        return TriageService(book, MotifSearch(book), served, challenger, lambda *_: is_challengers)

    return make


def test_the_challenger_is_asked_beside_the_champion_and_changes_nothing(
    make_service: MakeService, tmp_path: Path
) -> None:
    judged = make_service(a_rival(tmp_path / "rival")).judge(a_request())
    alone = make_service(None).judge(a_request())
    assert judged.shadow is not None
    assert (judged.arm, judged.shadow.version, judged.shadow.level) == ("champion", "v2", FrenchLevel.L2)
    assert judged.decision.french_level is alone.decision.french_level
    assert judged.decision.probabilities == alone.decision.probabilities
    assert alone.shadow is None


def test_in_the_challengers_arm_it_answers_and_the_champion_is_the_hidden_one(
    make_service: MakeService, tmp_path: Path
) -> None:
    judged = make_service(a_rival(tmp_path / "rival"), is_challengers=True).judge(a_request())
    assert judged.shadow is not None
    assert (judged.arm, judged.decision.model_version, judged.shadow.version) == ("challenger", "v2", "factory-1")
    assert judged.decision.french_level is FrenchLevel.L2
    assert judged.decision.raised_by_model
    assert judged.decision.contributions


def test_the_floor_of_the_rules_holds_in_the_challengers_arm(make_service: MakeService, tmp_path: Path) -> None:
    service = make_service(a_rival(tmp_path / "rival", thresholds=SHY), is_challengers=True)
    judged = service.judge(a_request(saturation_oxygene=85))
    assert judged.decision.model_version == "v2"
    assert judged.decision.gravity_level is Gravity.ROUGE
    assert judged.decision.french_level is judged.rules_level


def test_a_model_is_not_its_own_rival(make_service: MakeService, tmp_path: Path) -> None:
    judged = make_service(a_rival(tmp_path / "rival", "factory-1"), is_challengers=True).judge(a_request())
    assert (judged.arm, judged.shadow) == ("champion", None)


def test_a_broken_challenger_is_logged_once_and_skipped(
    make_service: MakeService, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = a_rival(tmp_path / "rival")
    (folder / "model.json").write_bytes(b"{}")
    service = make_service(folder, is_challengers=True)
    with caplog.at_level(logging.WARNING):
        judged = [service.judge(a_request()) for _ in range(3)]
    assert {(told.arm, told.shadow, told.decision.ml_available) for told in judged} == {("champion", None, True)}
    assert len([r for r in caplog.records if "challenger" in r.getMessage()]) == 1


@pytest.mark.parametrize("is_challengers", [True, False])
def test_a_challenger_that_fails_on_a_patient_is_given_up_and_the_champion_answers(
    make_service: MakeService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    is_challengers: bool,
) -> None:
    service = make_service(a_rival(tmp_path / "rival"), is_challengers)
    assert service.arms.challenger is not None
    monkeypatch.setattr(service.arms.challenger.current(), "margins", lambda rows: 1 / 0)
    with caplog.at_level(logging.WARNING):
        judged = [service.judge(a_request()) for _ in range(2)]
    assert {(told.arm, told.shadow) for told in judged} == {("champion", None)}
    assert [r.getMessage() for r in caplog.records] == ["challenger v2 failed: ZeroDivisionError"]


def test_a_new_challenger_is_asked_once_its_files_change(make_service: MakeService, tmp_path: Path) -> None:
    folder = a_rival(tmp_path / "rival")
    service = make_service(folder)
    service.judge(a_request())
    a_rival(folder, "v3")
    judged = service.judge(a_request())
    assert judged.shadow is not None
    assert judged.shadow.version == "v3"


def test_a_challenger_that_cannot_be_looked_for_is_no_challenger(caplog: pytest.LogCaptureFixture) -> None:
    def lost() -> Path | None:
        raise PermissionError(13, "denied")

    with caplog.at_level(logging.WARNING):
        assert Challenger(lost).current() is None
    assert "denied" in caplog.text


def test_a_folder_is_believed_for_a_second_unless_an_experiment_begins(tmp_path: Path) -> None:
    asked: list[int] = []
    challenger = Challenger(lambda: asked.append(1))
    for _ in range(3):
        challenger.current()
    assert len(asked) == 1
    challenger.forget()
    challenger.current()
    assert len(asked) == 2


def test_giving_up_a_bundle_that_was_replaced_meanwhile_changes_nothing(tmp_path: Path) -> None:
    challenger = Challenger(lambda: tmp_path / "rival")
    a_rival(tmp_path / "rival")
    old = challenger.current()
    a_rival(tmp_path / "rival", "v3")
    new = challenger.current()
    assert old is not None
    challenger.give_up(old, ValueError())
    assert challenger.current() is new


def test_what_another_thread_loaded_meanwhile_is_not_loaded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = a_rival(tmp_path / "rival")
    challenger, other = Challenger(lambda: folder), Challenger(lambda: folder)
    theirs = other.current()

    class LateLock:
        def __enter__(self) -> None:
            monkeypatch.setattr(challenger, "_loaded", other._loaded)

        def __exit__(self, *fault: object) -> None: ...

    monkeypatch.setattr(challenger, "_lock", LateLock())
    assert challenger.current() is theirs


def test_a_patient_is_the_same_to_both(make_service: MakeService, tmp_path: Path) -> None:
    judged = make_service(a_rival(tmp_path / "rival")).judge(a_patient())
    assert judged.shadow is not None
    assert judged.shadow.opinion.probabilities == judged.decision.probabilities
