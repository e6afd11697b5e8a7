"""The console script and the settings: 0 on success, 1 on a refusal it explains, 2 on wrong usage."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app import cli, server
from app.settings import ROOT, Settings, SettingsError, load_settings, servable_settings
from app.wiring import Services
from tests.builders import a_request
from triage_core.training.table import TABLE_COLUMNS


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that touch nothing of the application's own data."""
    monkeypatch.setenv("MEDTRIAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MEDTRIAGE_MODELS_DIR", str(tmp_path / "models"))
    for name in ("MLFLOW_EXPERIMENT_NAME", "MLFLOW_MODEL_NAME"):  # set by `retrain`, and put back after the test
        monkeypatch.setenv(name, "")
    return tmp_path


def exit_code(*arguments: str) -> int:
    """The code of a command, be it returned or raised by the parser."""
    try:
        return cli.main(arguments)
    except SystemExit as ended:
        return int(str(ended.code))


# ── settings


def test_the_settings_have_the_defaults_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MEDTRIAGE_DATA_DIR", "MEDTRIAGE_MODELS_DIR"):
        monkeypatch.delenv(name)
    settings = Settings(_env_file=None)
    assert (settings.host, settings.port, settings.auth) == ("127.0.0.1", 8501, "demo")
    assert (settings.mlflow_experiment_name, settings.mlflow_model_name) == (
        "medtriage-classification",
        "triage-classifier",
    )
    assert (settings.data_dir, settings.models_dir) == (ROOT / "data", ROOT / "models")


def test_the_environment_and_the_env_file_set_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("MEDTRIAGE_PORT=9000\nMLFLOW_MODEL_NAME=autre\nUNRELATED=1\n")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "essai")
    settings = Settings(_env_file=tmp_path / ".env")
    assert (settings.port, settings.mlflow_model_name, settings.mlflow_experiment_name) == (9000, "autre", "essai")
    assert settings.environment()["MLFLOW_EXPERIMENT_NAME"] == "essai"


def test_every_faulty_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDTRIAGE_PORT", "70000")
    monkeypatch.setenv("MEDTRIAGE_AUTH", "open")
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    assert "MEDTRIAGE_PORT" in str(wrong.value)
    assert "MEDTRIAGE_AUTH" in str(wrong.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_demo_listens_on_loopback(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("MEDTRIAGE_HOST", host)
    assert servable_settings().host == host


SETTINGS_NOT_SERVED = [
    ("MEDTRIAGE_AUTH", "oidc", "MEDTRIAGE_OIDC_ISSUER"),
    ("MEDTRIAGE_AUTH", "open", "MEDTRIAGE_AUTH"),
    ("MEDTRIAGE_HOST", "0.0.0.0", "loopback only"),  # noqa: S104 - must be refused
    ("MEDTRIAGE_HOST", "::", "loopback only"),
    ("MEDTRIAGE_HOST", "example.org", "loopback only"),
    ("MEDTRIAGE_PORT", "abc", "MEDTRIAGE_PORT"),
]


@pytest.mark.parametrize(("name", "value", "said"), SETTINGS_NOT_SERVED)
def test_serving_with_such_settings_exits_2_and_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    assert exit_code("serve") == 2
    assert said in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):  # as `uvicorn app.server:app` and `streamlit run` ask for it
        _ = server.app


# ── commands


@pytest.mark.parametrize(
    "arguments",
    [[], ["unknown"], ["motif"], ["extract"], ["extract", "a" * 2001], ["promote", "v1", "v2"], ["verify", "--all"]],
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert exit_code(*arguments) == 2


def test_help_lists_every_command_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--help") == 0
    told = capsys.readouterr().out
    for command in (
        "serve",
        "retrain",
        "promote",
        "rollback",
        "benchmark",
        "verify",
        "import-data",
        "motif",
        "extract",
    ):
        assert re.search(rf"^    {command}\b", told, re.MULTILINE)


def test_motif_ranks_candidates_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("motif", "douleur thoracique", "--json") == 0
    candidates = json.loads(capsys.readouterr().out)
    assert all(set(candidate) == {"id", "label", "score"} for candidate in candidates)
    assert "douleur_thoracique" in candidates[0]["id"]
    scores = [candidate["score"] for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_words_that_mean_no_motif_give_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("motif", "", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("arguments", [["promote"], ["promote", "v9"], ["rollback"]])
def test_a_promotion_without_a_candidate_is_refused_with_1(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(*arguments) == 1
    assert "medtriage: no" in capsys.readouterr().err


def test_retraining_with_too_few_corrections_is_refused_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("retrain", "--min-feedback", "5") == 1
    assert "5 corrections wanted, 0 usable" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--n-estimators", "0"], ["--unknown"], ["--min-feedback", "x"]])
def test_wrong_options_of_a_run_exit_2(arguments: list[str]) -> None:
    assert exit_code("retrain", *arguments) == 2


def test_the_benchmark_without_its_data_is_refused_with_1(tmp_path: Path) -> None:
    assert exit_code("benchmark", "ktas", "--data", str(tmp_path / "absent.csv")) == 1
    assert exit_code("benchmark", "other") == 2


@pytest.mark.slow
def test_looking_up_a_motif_imports_none_of_the_heavy_guests() -> None:
    heavy = "{'mlflow', 'streamlit', 'xgboost', 'pandas', 'sklearn'}"
    code = f"import sys; from app.cli import main; main(['motif', 'fievre']); print(sys.modules.keys() & {heavy})"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.splitlines()[-1] == "set()"


# ── verify


def test_a_sound_house_is_verified(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "models" / "factory", folders / "models" / "factory")
    Services(load_settings()).decide(a_request())
    assert exit_code("verify") == 0
    assert "0 damaged line(s)" in capsys.readouterr().out


@pytest.mark.parametrize("damage", [b"{broken\n", b"[1]\n", b'{"schema_version": 99}\n', b'{"torn": '])
def test_a_damaged_line_is_named_by_its_place(folders: Path, capsys: pytest.CaptureFixture[str], damage: bytes) -> None:
    shutil.copytree(ROOT / "models" / "factory", folders / "models" / "factory")
    Services(load_settings()).decide(a_request())
    journal = folders / "data" / "triage" / "decisions.jsonl"
    sound = journal.read_bytes()
    journal.write_bytes(sound + damage)
    assert exit_code("verify") == 1
    assert f"decisions.jsonl bytes {len(sound)}-{len(sound) + len(damage)}" in capsys.readouterr().out
    assert journal.read_bytes() == sound + damage


@pytest.mark.parametrize("place", ["data/watch/alerts.jsonl", "models/history/promotions.jsonl"])
def test_a_damaged_line_of_any_other_journal_is_named_too(
    folders: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    shutil.copytree(ROOT / "models" / "factory", folders / "models" / "factory")
    (folders / place).parent.mkdir(parents=True)
    (folders / place).write_bytes(b"{broken\n" * 60)
    assert exit_code("verify") == 1
    told = capsys.readouterr().out
    name = Path(place).name
    assert f"damaged: {name} bytes 0-8: not_json" in told and f"damaged: {name}: 10 more" in told


def test_an_altered_model_is_found(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "models" / "factory", folders / "models" / "factory")
    model = folders / "models" / "factory" / "model.json"
    model.write_bytes(model.read_bytes() + b" ")
    assert exit_code("verify") == 1
    assert "damaged: model" in capsys.readouterr().out


# ── import-data


def write_table(path: Path, *rows: dict[str, object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, TABLE_COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


VALID: dict[str, object] = {"case_id": "c1", "age": 40, "sexe": "F", "niveau_french": "4", "gravite": "VERT"}


def test_importing_keeps_the_valid_rows_and_names_the_others(
    folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = VALID | {"case_id": "c2", "saturation_oxygene": 960, "sexe": "X"}
    assert exit_code("import-data", str(write_table(tmp_path / "site.csv", VALID, faulty))) == 0
    told = capsys.readouterr()
    assert "1 rows kept" in told.out
    assert "row 3 (c2): " in told.err
    assert "saturation_oxygene" in told.err
    assert "960" not in told.err
    with (folders / "data" / "imports" / "site.csv").open(encoding="utf-8") as file:
        assert [row["case_id"] for row in csv.DictReader(file)] == ["c1"]


def test_an_imported_table_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = str(write_table(tmp_path / "site.csv", VALID))
    assert (exit_code("import-data", table), exit_code("import-data", table)) == (0, 1)
    assert "imported already" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", ",".join(TABLE_COLUMNS) + "\n"])
def test_a_file_that_is_no_such_table_is_refused_with_1(folders: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "other.csv").write_text(content)
    assert exit_code("import-data", str(tmp_path / "other.csv")) == 1
    assert exit_code("import-data", str(tmp_path / "absent.csv")) == 1
    assert list((folders / "data").glob("imports/*")) == []


FOREIGN = "Age;Sexe;Temp;Gravité\n40;F;37,2;VERT\n"


@pytest.fixture
def foreign(tmp_path: Path) -> str:
    (tmp_path / "chu.csv").write_text(FOREIGN, encoding="utf-8")
    return str(tmp_path / "chu.csv")


def test_a_foreign_table_prints_its_guessed_mapping_and_writes_nothing(
    folders: Path, foreign: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("import-data", foreign) == 1
    told = capsys.readouterr()
    assert tomllib.loads(told.out)["columns"]["temperature"] == "Temp"
    assert "--mapping" in told.err and "--yes" in told.err
    assert not (folders / "data" / "imports").exists()


def test_a_guessed_mapping_is_accepted_by_yes_or_as_a_saved_file(
    folders: Path, foreign: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code("import-data", foreign)
    (folders / "m.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert exit_code("import-data", foreign, "--mapping", str(folders / "m.toml")) == 0
    assert exit_code("import-data", foreign, "--yes") == 1
    assert "imported already" in capsys.readouterr().err
    (folders / "data" / "imports" / "chu.csv").unlink()
    assert exit_code("import-data", foreign, "--yes") == 0


@pytest.mark.parametrize(("answer", "code"), [("oui\n", 0), ("y\n", 0), ("\n", 1), ("", 1)])
def test_at_a_terminal_the_guess_is_asked_about(
    foreign: str, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    typed = io.StringIO(answer)
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", typed)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert exit_code("import-data", foreign) == code
