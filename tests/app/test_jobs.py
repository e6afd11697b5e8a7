"""Training runs as processes of their own: one at a time, followed, stopped, and never believed alive when dead."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from app import jobs as jobs_module
from app.jobs import TRAINING_LOCK, JobStatus, RetrainJobs, RetrainRequest
from app.processes import ProcessMark, has_ended, mark_of
from triage_core.errors import RetrainingBusy, TooFewFeedbacks

FAKE = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))
MakeJobs = Callable[[str], RetrainJobs]


@pytest.fixture
def make_jobs(tmp_path: Path) -> Iterator[MakeJobs]:
    made: list[RetrainJobs] = []

    def make(deed: str, corrections: int = 60) -> RetrainJobs:
        environment = {"FAKE_WORKER": deed}
        made.append(RetrainJobs(tmp_path / "jobs", tmp_path / "models", lambda _: corrections, environment, FAKE))
        return made[-1]

    yield make
    for jobs in made:
        for job_id in jobs.job_ids():
            jobs.cancel(job_id)


def wait_until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < deadline, "waited 20 s in vain"
        time.sleep(0.02)


def status_of(jobs: RetrainJobs, job_id: str) -> JobStatus:
    status = jobs.status(job_id)
    assert status is not None
    return status


def wait_for_step(jobs: RetrainJobs, job_id: str) -> None:
    wait_until(lambda: status_of(jobs, job_id).step == "ajustement")


def test_a_finished_run_tells_its_version_and_its_log(make_jobs: MakeJobs) -> None:
    jobs = make_jobs("finish")
    job_id = jobs.start(RetrainRequest(run_name="nuit"))
    wait_until(lambda: status_of(jobs, job_id).state == "done")
    status = status_of(jobs, job_id)
    assert (status.progress, status.run_id, status.version, status.error) == (1.0, "r1", "v2", None)
    assert jobs.log(job_id, 1) == ("dernière ligne",)


def test_the_worker_gets_what_was_asked(make_jobs: MakeJobs, tmp_path: Path) -> None:
    jobs = make_jobs("finish")
    job_id = jobs.start(RetrainRequest(include_feedback=False, min_feedback_samples=7, run_name="--data=x"))
    wait_until(lambda: status_of(jobs, job_id).state == "done")
    told = json.loads((tmp_path / "jobs" / job_id / "arguments.json").read_text())
    assert told == ["--min-feedback=7", "--no-feedback", "--run-name=--data=x"]


def test_the_worker_gets_the_trees_that_were_asked(make_jobs: MakeJobs, tmp_path: Path) -> None:
    jobs = make_jobs("finish")
    job_id = jobs.start(RetrainRequest(n_estimators=120, max_depth=4))
    wait_until(lambda: status_of(jobs, job_id).state == "done")
    told = json.loads((tmp_path / "jobs" / job_id / "arguments.json").read_text())
    assert told == ["--min-feedback=50", "--n-estimators=120", "--max-depth=4"]


def test_a_second_run_is_refused_while_one_is_at_work(make_jobs: MakeJobs) -> None:
    jobs = make_jobs("wait")
    job_id = jobs.start()
    with pytest.raises(RetrainingBusy):
        jobs.start()
    jobs.cancel(job_id)
    assert jobs.current() is None


def test_a_run_started_from_a_terminal_is_seen_by_its_lock(make_jobs: MakeJobs, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    with FileLock(tmp_path / "models" / TRAINING_LOCK), pytest.raises(RetrainingBusy):
        make_jobs("finish").start()


def test_too_few_corrections_start_nothing(make_jobs: MakeJobs) -> None:
    jobs = make_jobs("finish")
    with pytest.raises(TooFewFeedbacks, match="61 corrections wanted, 60 usable"):
        jobs.start(RetrainRequest(min_feedback_samples=61))
    assert jobs.job_ids() == ()


def test_without_feedback_the_number_of_corrections_does_not_matter(make_jobs: MakeJobs) -> None:
    jobs = make_jobs("finish")
    job_id = jobs.start(RetrainRequest(include_feedback=False, min_feedback_samples=61))
    wait_until(lambda: status_of(jobs, job_id).state == "done")


def test_a_cancelled_run_is_cancelled_and_gone(make_jobs: MakeJobs, tmp_path: Path) -> None:
    jobs = make_jobs("wait")
    job_id = jobs.start()
    wait_for_step(jobs, job_id)
    assert jobs.cancel(job_id) == status_of(jobs, job_id)
    assert status_of(jobs, job_id).state == "cancelled"
    mark = ProcessMark(**json.loads((tmp_path / "jobs" / job_id / "process.json").read_text()))
    assert has_ended(mark)


def test_a_run_that_ignores_the_request_is_killed(make_jobs: MakeJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "GRACE_S", 0.2)
    jobs = make_jobs("refuse_to_stop")
    job_id = jobs.start()
    wait_for_step(jobs, job_id)
    jobs.cancel(job_id)
    assert status_of(jobs, job_id).state == "cancelled"


def test_a_worker_that_was_killed_is_shown_as_interrupted(make_jobs: MakeJobs) -> None:
    jobs = make_jobs("die")
    job_id = jobs.start()
    wait_until(lambda: status_of(jobs, job_id).state == "interrupted")
    assert status_of(jobs, job_id).error
    jobs.start()  # the way is free again


def test_another_server_sees_the_same_running_job(make_jobs: MakeJobs) -> None:
    job_id = make_jobs("wait").start()
    restarted = make_jobs("wait")
    current = restarted.current()
    assert current is not None
    assert (current.job_id, current.state) == (job_id, "running")
    assert restarted.cancel(job_id) is not None
    assert status_of(restarted, job_id).state == "cancelled"


def test_cancelling_a_finished_run_changes_nothing(make_jobs: MakeJobs) -> None:
    jobs = make_jobs("finish")
    job_id = jobs.start()
    wait_until(lambda: status_of(jobs, job_id).state == "done")
    cancelled = jobs.cancel(job_id)
    assert cancelled is not None
    assert cancelled.state == "done"


@pytest.mark.parametrize("job_id", ["../models", "", "20260101T000000-00000000", "x"])
def test_an_id_that_is_not_ours_is_no_job(make_jobs: MakeJobs, job_id: str) -> None:
    jobs = make_jobs("finish")
    assert jobs.status(job_id) is None
    assert jobs.cancel(job_id) is None
    assert jobs.log(job_id) == ()


def test_there_is_no_latest_job_before_the_first(make_jobs: MakeJobs) -> None:
    assert make_jobs("finish").latest() is None


def test_a_pid_given_to_another_process_is_not_our_worker() -> None:
    ours = mark_of(os.getpid())
    assert not has_ended(ours)
    assert has_ended(ProcessMark(ours.pid, "1"))


def test_a_status_that_cannot_be_read_is_a_failed_run(make_jobs: MakeJobs, tmp_path: Path) -> None:
    jobs = make_jobs("finish")
    job_id = jobs.start()
    wait_until(lambda: status_of(jobs, job_id).state == "done")
    (tmp_path / "jobs" / job_id / "status.json").write_text("{")
    assert status_of(jobs, job_id).state == "failed"


def test_a_search_for_settings_reaches_the_worker_with_its_minutes(make_jobs: MakeJobs, tmp_path: Path) -> None:
    jobs = make_jobs("finish")
    job_id = jobs.start(RetrainRequest(include_feedback=False, tune_minutes=2.5))
    wait_until(lambda: status_of(jobs, job_id).state == "done")
    arguments = json.loads((tmp_path / "jobs" / job_id / "arguments.json").read_text())
    assert arguments[-2:] == ["--tune", "--tune-minutes=2.5"]
    assert status_of(jobs, job_id).feedback == {}
