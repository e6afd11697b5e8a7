"""Each journal proves itself: whatever is done to one of its lines, ``medtriage verify`` names the line."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import cli
from app.backup import make_backup, restore
from app.settings import Settings
from app.shelf import ModelShelf
from app.wiring import Services
from feedback_store.automatic import Trigger
from feedback_store.journals import Ledgers, ledgers_of
from tests.app.test_shelf import FACTORY, a_challenger
from tests.bench_services import verdict_on
from tests.builders import a_request
from triage_core.monitoring.alerts import AlertKind, Change, Reading

Lines = list[bytes]


def altered(lines: Lines) -> Lines:
    return [lines[0], lines[1].replace(b'"schema_version":', b'"schema_versioN":'), *lines[2:]]


JOURNALS = Ledgers._fields
WHY = "relu avec le médecin de garde"
DAMAGES: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "altered": (altered, "line 2 seq 2: altered"),
    "missing": (lambda x: [x[0], *x[2:]], "line 2 seq 2: missing"),
    "swapped": (lambda x: [x[0], x[2], x[1], *x[3:]], "line 2 seq 3: swapped"),
    "duplicated": (lambda x: [*x[:2], x[1], *x[2:]], "line 3 seq 2: duplicated"),
    "cut": (lambda x: x[:-1], "seq 4: missing (the head tells of them"),
}


def settings_of(folder: Path) -> Settings:
    return Settings(_env_file=None, data_dir=folder / "data", models_dir=folder / "models")


def ledger_of(folder: Path, name: str) -> Path:
    path: Path = getattr(ledgers_of(folder / "data", models_dir=folder / "models"), name).path
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every journal with four lines, each written by the program itself."""
    folder = tmp_path_factory.mktemp("written")
    shutil.copytree(FACTORY, folder / "models" / "factory")
    services = Services(settings_of(folder))
    for number in range(4):
        a_case(services, number)
    shelf = ModelShelf(folder / "models", services.ledgers.promotions, move_alias=lambda *_: True)
    a_challenger(folder / "models", 2)
    for _ in range(2):
        shelf.promote("v2")
        shelf.rollback()
        trial = services.trials.start("v2", "v1", 0.2, "Anne")
        services.trials.stop(trial.trial_id, "Anne", "asked")
    return folder


def a_case(services: Services, number: int) -> None:
    """One line in each journal that grows with the visits and with what is done about them."""
    decision = services.decide(a_request(), label=f"Box {number}")
    case = decision.prediction_id
    verdict = services.store.submit(verdict_on(case, decision.gravity_level.value))
    services.store.opt_outs.set(case)
    services.store.waiting.record(case, "taken_over")
    services.reviews.decide(case, (verdict.feedback_id,), accept=True, reason=WHY)
    services.model_switch.turn("on" if number % 2 else "off", "Anne", WHY)
    reading = Reading(AlertKind.ERROR_RATE, 0.3, 0.15, 0.12, subject=str(number))
    services.alerts.record(Change(reading, is_raised=True))
    services.automatic_runs.record(Trigger.DRIFT, f"job-{number}")


@pytest.fixture
def folder(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(written, tmp_path / "copy")
    monkeypatch.setenv("MEDTRIAGE_DATA_DIR", str(tmp_path / "copy" / "data"))
    monkeypatch.setenv("MEDTRIAGE_MODELS_DIR", str(tmp_path / "copy" / "models"))
    return tmp_path / "copy"


def test_what_the_program_wrote_verifies_and_every_journal_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify"]) == 0
    told = capsys.readouterr().out
    for name in JOURNALS:
        assert f"{ledger_of(folder, name).name}: 4 line(s) chained, 0 purged\n" in told


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", JOURNALS)
def test_the_line_that_is_not_what_it_was_is_named(
    folder: Path, name: str, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, (change, expected) = ledger_of(folder, name), DAMAGES[damage]
    before = path.read_bytes()
    path.write_bytes(b"".join(change(before.splitlines(keepends=True))))
    assert path.read_bytes() != before
    assert cli.main(["verify"]) == 1
    found = [line for line in capsys.readouterr().out.splitlines() if line.startswith("damaged: ")]
    assert found[0].startswith(f"damaged: {path.name} ") and expected in found[0]
    assert all(line.startswith(f"damaged: {path.name} ") for line in found)


@pytest.mark.parametrize("name", JOURNALS)
def test_a_broken_middle_is_never_written_over_and_the_journal_goes_on(folder: Path, name: str) -> None:
    path = ledger_of(folder, name)
    broken = b"".join(altered(path.read_bytes().splitlines(keepends=True)))
    path.write_bytes(broken)
    services = Services(settings_of(folder))
    services.store.keeping.check()
    getattr(services.ledgers, name).append({"schema_version": 1, "n": 1})
    assert path.read_bytes() == broken
    assert path.with_name(f"{path.stem}.0002.jsonl").read_bytes().count(b"\n") == 1


def test_what_is_backed_up_and_restored_verifies_everywhere(folder: Path, tmp_path: Path) -> None:
    made = make_backup(settings_of(folder), tmp_path / "backup")
    assert (made.findings, made.lines) == ((), 4 * len(JOURNALS))
    backup, _ = restore(settings_of(tmp_path / "there"), tmp_path / "backup")
    restored = Services(settings_of(tmp_path / "there"))
    assert restored.store.keeping.current_digest().code == made.code == backup.code
    assert not any(report.findings for report in restored.store.keeping.verify())
    assert restored.models.overrides() == {} and restored.models.previous() is None
    assert len(restored.models.history("v2")) == 2 and len(restored.trials.all()) == 2
    restored.model_switch.turn("off", "Anne", WHY)
    assert len(restored.model_switch.history()) == 5


def test_a_damaged_promotion_is_seen_in_the_backup_too(folder: Path, tmp_path: Path) -> None:
    path = ledger_of(folder, "promotions")
    path.write_bytes(b"".join(altered(path.read_bytes().splitlines(keepends=True))))
    (found, *_) = make_backup(settings_of(folder), tmp_path / "backup").findings
    assert "promotions.jsonl" in found and "line 2 seq 2: altered" in found


def test_a_purged_case_leaves_no_word_of_its_review(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    services = Services(settings_of(folder))
    case = services.reviews.events()[0].prediction_id
    done = services.store.keeping.purge_case(case, datetime.now(UTC))
    assert (done.reviews, done.total) == (1, 5)
    assert [event.prediction_id for event in services.reviews.events()].count(case) == 0
    kept = {path for path in folder.rglob("*") if path.is_file() and case.encode() in path.read_bytes()}
    assert {path.name for path in kept} <= {"training_optouts.jsonl"}  # an id and a wish
    assert cli.main(["verify"]) == 0
    assert "reviews.jsonl: 4 line(s) chained, 1 purged" in capsys.readouterr().out


def test_the_switch_is_heard_where_its_journal_goes_on(folder: Path) -> None:
    served = Services(settings_of(folder)).model_switch
    assert served.off() is None
    other = ledgers_of(folder / "data").switch
    other.begin_segment("test")
    Services(settings_of(folder)).model_switch.turn("off", "Anne", WHY)
    assert served.off() is not None
