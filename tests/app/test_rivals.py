"""The challenger beside the served model: found without reading, recorded and not shown, given its share of visits."""

import json
from pathlib import Path

import pytest

from app.rivals import ChallengerFinder, case_of
from app.settings import Settings
from app.wiring import Services
from feedback_store.journals import DECISIONS
from tests.app.test_shelf import a_challenger
from tests.builders import a_request
from triage_core.model import challenger as challengers


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    monkeypatch.setattr(challengers, "ASK_AGAIN_S", 0.0)
    return Services(Settings(_env_file=None, data_dir=tmp_path / "data", models_dir=tmp_path / "models"))


def lines(services: Services) -> list[dict[str, object]]:
    return [json.loads(line) for line in (services.settings.data_dir / DECISIONS).read_text().splitlines()]


def test_a_decision_is_recorded_with_the_challengers_answer_and_shown_without_it(
    services: Services, tmp_path: Path
) -> None:
    a_challenger(tmp_path / "models", 2)
    decision = services.decide(a_request())
    record = services.store.decision(decision.prediction_id)
    assert record is not None
    assert record.shadow is not None
    assert (record.arm, record.model_version, record.shadow.model_version) == ("champion", "factory-1", "v2")
    assert "shadow" not in decision.model_dump()


def test_without_a_challenger_or_with_a_refused_one_nothing_is_recorded(services: Services, tmp_path: Path) -> None:
    services.decide(a_request())
    a_challenger(tmp_path / "models", 2, accepted=False)
    services.decide(a_request())
    assert [line["shadow"] for line in lines(services)] == [None, None]


def test_in_an_experiment_a_case_keeps_its_arm_and_the_share_is_kept(services: Services, tmp_path: Path) -> None:
    a_challenger(tmp_path / "models", 2)
    services.trials.start("v2", "factory-1", 0.5, "chef")
    for place in range(60):
        for _ in range(2):
            services.decide(a_request(), label=f"A{place}")
    arms = [line["arm"] for line in lines(services)]
    assert arms[::2] == arms[1::2]
    assert 15 <= arms[::2].count("challenger") <= 45
    versions = {(line["arm"], line["model_version"], line["shadow"]["model_version"]) for line in lines(services)}
    assert versions == {("champion", "factory-1", "v2"), ("challenger", "v2", "factory-1")}


def test_a_stopped_experiment_gives_nothing_more_to_the_challenger(services: Services, tmp_path: Path) -> None:
    a_challenger(tmp_path / "models", 2)
    trial = services.trials.start("v2", "factory-1", 0.5, "chef")
    services.trials.stop(trial.trial_id, "chef", "asked")
    for place in range(30):
        services.decide(a_request(), label=f"A{place}")
    assert {line["arm"] for line in lines(services)} == {"champion"}


def test_an_experiment_against_another_champion_gives_nothing(services: Services, tmp_path: Path) -> None:
    a_challenger(tmp_path / "models", 2)
    services.trials.start("v2", "v1", 0.5, "chef")
    for place in range(30):
        services.decide(a_request(), label=f"A{place}")
    assert {line["arm"] for line in lines(services)} == {"champion"}


def test_the_challenger_of_an_experiment_stays_though_a_newer_one_waits(services: Services, tmp_path: Path) -> None:
    a_challenger(tmp_path / "models", 2)
    services.trials.start("v2", "factory-1", 0.1, "chef")
    a_challenger(tmp_path / "models", 3)
    assert services.challenger.current().version == "v2"  # type: ignore[union-attr]


def test_the_shelf_is_read_only_when_something_on_it_changed(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_challenger(tmp_path / "models", 2)
    reads: list[int] = []
    shelf, versions = services.models, services.models.versions
    monkeypatch.setattr(shelf, "versions", lambda: reads.append(1) or versions())
    find = ChallengerFinder(shelf, services.trials, tmp_path / "models")
    assert {find() for _ in range(5)} == {tmp_path / "models" / "challengers" / "v2" / "bundle"}
    assert len(reads) == 1
    a_challenger(tmp_path / "models", 3)
    find()
    assert len(reads) == 2


@pytest.mark.parametrize("label", ["Box 3", None])
def test_every_evaluation_of_a_visit_has_the_same_arm(services: Services, tmp_path: Path, label: str | None) -> None:
    a_challenger(tmp_path / "models", 2)
    services.trials.start("v2", "factory-1", 0.5, "chef")
    for place in range(12):
        first = services.decide(a_request(), label=label and f"{label} {place}")
        second = services.decide(a_request(), supersedes=first.prediction_id)
        services.decide(a_request(), supersedes=second.prediction_id)
    arms = [line["arm"] for line in lines(services)]
    assert arms[::3] == arms[1::3] == arms[2::3]
    assert set(arms) == {"champion", "challenger"}


def test_a_re_evaluation_of_a_decision_we_do_not_know_still_has_an_arm(services: Services) -> None:
    services.trials.start("v2", "factory-1", 0.5, "chef")
    assert case_of(services.store, services.trials, None, "unknown") == "unknown"
