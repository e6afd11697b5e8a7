"""The folder of imports and the processes over it: no path leads out of it, no dead process looks alive."""

import json
from pathlib import Path

import pytest

from app import import_folder, import_worker
from app.import_jobs import DIED, MAPPING_FILE, PROCESS_FILE, ImportJobs, write_status
from triage_core.errors import DatasetError

TOML = '[columns]\nage = "A"\nsexe = "S"\ngravite = "G"\n'
LINES = "A,S,G\n65,M,VERT\n200,F,ROUGE\n"


def waiting(folder: Path) -> Path:
    (folder / "incoming").mkdir(parents=True)
    (folder / "incoming" / "a.csv").write_text(LINES, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "..", "", "a.csv/../../b.csv", "link.csv"])
def test_only_a_listed_file_of_the_folder_can_be_named(tmp_path: Path, name: str) -> None:
    folder = waiting(tmp_path / "imports")
    (tmp_path / "secret.csv").write_text("x")
    (folder / "incoming" / "link.csv").symlink_to(tmp_path / "secret.csv")
    for look_up in (import_folder.waiting_path, import_folder.table_path):
        with pytest.raises(DatasetError, match="no such file"):
            look_up(folder, name)


@pytest.mark.parametrize(("sent", "kept"), [("../../x.csv", "x.csv"), ("C:\\tmp\\y.CSV", "y.CSV")])
def test_a_sent_file_lands_in_the_drop_folder_whatever_it_is_called(tmp_path: Path, sent: str, kept: str) -> None:
    assert import_folder.drop(tmp_path / "imports", sent, b"A\n") == kept
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [kept]
    assert import_folder.waiting_path(tmp_path / "imports", kept).read_bytes() == b"A\n"


@pytest.mark.parametrize("sent", ["x.exe", ".csv", "..", "", ".hidden.csv"])
def test_a_sent_file_that_is_no_table_is_refused(tmp_path: Path, sent: str) -> None:
    with pytest.raises(DatasetError, match="must end with"):
        import_folder.drop(tmp_path / "imports", sent, b"A\n")


def test_the_lists_are_empty_before_there_is_a_folder(tmp_path: Path) -> None:
    assert (import_folder.imported_tables(tmp_path / "no"), import_folder.waiting_files(tmp_path / "no")) == ((), ())


def test_a_worker_leaves_the_table_and_a_status_with_the_counts(tmp_path: Path) -> None:
    folder, job = waiting(tmp_path / "imports"), tmp_path / "job"
    job.mkdir()
    (job / MAPPING_FILE).write_text(TOML)
    arguments = [f"--job-dir={job}", f"--source={folder / 'incoming' / 'a.csv'}", f"--imports-dir={folder}"]
    assert (import_worker.main(arguments), import_worker.main(arguments)) == (0, 1)
    assert import_folder.imported_tables(folder) == ("a.csv",)
    assert "imported already" in json.loads((job / "status.json").read_text())["error"]


def test_a_process_that_died_is_interrupted_and_frees_the_next_import(tmp_path: Path) -> None:
    jobs = ImportJobs(tmp_path / "jobs", waiting(tmp_path / "imports"))
    assert jobs.latest() is None
    folder = tmp_path / "jobs" / "20260101T000000000000-aa"
    folder.mkdir(parents=True)
    write_status(folder, {"state": "running", "progress": 0.5})
    (folder / PROCESS_FILE).write_text(json.dumps({"pid": 999_999_999, "started": "1", "source": "a.csv"}))
    status = jobs.latest()
    assert status is not None and (status.state, status.error, status.source) == ("interrupted", DIED, "a.csv")


@pytest.mark.slow
def test_a_second_import_is_refused_while_one_runs(tmp_path: Path) -> None:
    jobs = ImportJobs(tmp_path / "jobs", waiting(tmp_path / "imports"))
    jobs.start("a.csv", TOML)
    with pytest.raises(DatasetError, match="in progress"):
        jobs.start("a.csv", TOML)
