"""verify, backup, restore, purge, opt-out from the command line: what they print and how they exit."""

from pathlib import Path

import pytest

from app.settings import Settings, load_settings
from app.wiring import Services
from feedback_store.journals import DECISIONS, FEEDBACK
from feedback_store.store import FeedbackStore
from tests.app.test_cli import exit_code
from tests.bench_services import verdict_on
from tests.builders import a_request

SAMPLES = Path(__file__).parents[1] / "feedback_store" / "samples"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, folder in {"DATA": "data", "MODELS": "models"}.items():
        monkeypatch.setenv(f"MEDTRIAGE_{name}_DIR", str(tmp_path / folder))
    return tmp_path


@pytest.fixture
def case(folders: Path) -> str:
    """The id of the last of three judged cases."""
    services = Services(load_settings())
    for _ in range(3):
        decision = services.decide(a_request(), label="Box")
        services.store.submit(verdict_on(decision.prediction_id, decision.gravity_level.value))
    return decision.prediction_id


def spoil(folders: Path, path: Path, old: bytes, new: bytes) -> None:
    journal = folders / "data" / path
    assert old in journal.read_bytes()
    journal.write_bytes(journal.read_bytes().replace(old, new, 1))


def test_verify_names_an_altered_line_by_file_bytes_line_and_number(
    folders: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folders, FEEDBACK, b'"feedback_type":"correct"', b'"feedback_type":"upgrade"')
    assert exit_code("verify") == 1
    assert "damaged: nurse_feedback.jsonl bytes 0-" in capsys.readouterr().out
    assert exit_code("verify") == 1
    assert "line 1 seq 1: altered" in capsys.readouterr().out


def test_a_record_that_cannot_be_read_is_named_once_with_both_reasons(
    folders: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folders, DECISIONS, b'"schema_version":2', b'"schema_version":7')
    assert exit_code("verify") == 1
    told = capsys.readouterr().out
    assert "seq 1: altered, unknown_schema" in told and told.count("bytes 0-") == 1


def test_lines_of_an_older_version_are_no_damage(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = folders / "data" / FEEDBACK
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b"".join(path.read_bytes() for path in sorted(SAMPLES.glob("verdict_*.jsonl"))))
    assert exit_code("verify") == 0
    assert "3 line(s) not chained, written by an older version" in capsys.readouterr().out
    assert FeedbackStore(folders / "data").count() == 1  # the same nurse on the same case


def test_more_findings_than_one_reads_are_counted(folders: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    with (folders / "data" / DECISIONS).open("ab") as file:
        file.write(b"{broken\n" * 60)
    assert exit_code("verify") == 1
    assert "damaged: decisions.jsonl: 10 more" in capsys.readouterr().out


def test_a_printed_sheet_bears_witness_of_the_journal(
    folders: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = FeedbackStore(folders / "data").keeping.current_digest().sheet
    Services(load_settings()).decide(a_request())
    assert exit_code("verify", "--sheet", printed) == 0
    assert exit_code("verify", "--sheet", printed[:-1] + ("0" if printed[-1] != "0" else "1")) == 1
    assert "seq 3: daily" in capsys.readouterr().out
    assert exit_code("verify", "--sheet", f"99{printed[1:]}") == 1
    assert [exit_code("verify", "--sheet", told) for told in ("x", "3-AB12", printed + "0")] == [2, 2, 2]


def test_a_note_of_the_head_is_told(folders: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folders / "data" / f"{DECISIONS}.head").unlink()
    Services(load_settings()).decide(a_request())
    assert exit_code("verify") == 0
    assert "decisions.jsonl: head lost, found anew at seq 3" in capsys.readouterr().out


def test_backup_and_restore_tell_the_digest_that_sheets_bear(
    folders: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = FeedbackStore(folders / "data").keeping.current_digest().code
    assert exit_code("backup", str(folders / "backup")) == 0
    assert f"9 journal lines, digest {code}" in capsys.readouterr().out
    assert exit_code("restore", str(folders / "backup")) == 1
    assert exit_code("restore", str(folders / "backup"), "--force") == 0
    assert "what was there before" in capsys.readouterr().out
    assert exit_code("restore", str(folders / "nowhere")) == 1


def test_a_backup_of_a_damaged_journal_exits_with_1_and_says_so(
    folders: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folders, DECISIONS, b'"sexe":"F"', b'"sexe":"M"')
    assert exit_code("backup", str(folders / "backup"), "--without-key") == 0
    assert exit_code("backup", str(folders / "other")) == 1
    assert "as in the source: damaged" in capsys.readouterr().err


def test_a_case_is_purged_once(folders: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("purge", "--case", case) == 0
    assert "erased: 1 decisions, 1 verdicts, 1 labels, 0 events" in capsys.readouterr().out
    assert (exit_code("purge", "--case", case), exit_code("verify")) == (1, 0)


@pytest.mark.parametrize("told", [("--older-than", "30"), ("--labels-older-than", "30"), ("--labels-older-than",)])
def test_what_is_younger_than_the_retention_stays(
    folders: Path, case: str, told: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("purge", *told) == 0
    assert "erased: 0 decisions, 0 verdicts, 0 labels, 0 events" in capsys.readouterr().out


@pytest.mark.parametrize("told", ["", "--older-than 0", "--older-than x", "--case a --older-than 3"])
def test_a_purge_that_is_not_said_clearly_is_wrong_usage(folders: Path, told: str) -> None:
    assert exit_code("purge", *told.split()) == 2


def test_a_case_opts_out_of_training_and_in_again(folders: Path, case: str) -> None:
    assert exit_code("opt-out", "--case", case) == 0
    assert FeedbackStore(folders / "data").opted_out() == {case}
    assert exit_code("opt-out", "--case", case, "--undo") == 0
    assert FeedbackStore(folders / "data").opted_out() == frozenset()
    assert exit_code("opt-out", "--case", "nobody") == 1


def test_a_key_from_the_environment_leaves_no_file_and_too_short_a_one_is_refused(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDTRIAGE_JOURNAL_KEY", "a secret of the environment")
    settings = load_settings()
    Services(settings).decide(a_request())
    assert (exit_code("verify"), (folders / "data" / "secrets").exists()) == (0, False)
    assert settings.environment()["MEDTRIAGE_JOURNAL_KEY"] == "a secret of the environment"
    assert "a secret" not in repr(settings)
    monkeypatch.setenv("MEDTRIAGE_JOURNAL_KEY", "short")
    assert exit_code("verify") == 2
    assert Settings(_env_file=None, journal_key=None).journal_secret is None


def test_a_purge_names_the_earlier_folders_it_does_not_reach(
    folders: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("backup", str(folders / "backup")) == exit_code("restore", str(folders / "backup"), "--force") == 0
    assert exit_code("purge", "--case", case) == 0
    assert "not erased in" in (said := capsys.readouterr().err) and "before-restore-" in said
