"""No decision waits for a model longer than its limit, and none is lost to a model that hangs, breaks or is off."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import a_request
from tests.triage_core.model.test_bundle import FACTORY
from tests.triage_core.test_arms import a_rival
from triage_core import guarded
from triage_core.model import challenger as challengers
from triage_core.model.challenger import Challenger
from triage_core.model.deadline import Deadline, TooSlow
from triage_core.model.served import ServedModel
from triage_core.motifs.silent import silent_search
from triage_core.rules.catalog import load_rulebook
from triage_core.service import TriageService

LIMIT_S, HANG_S = 0.2, 2.0
Make = Callable[..., TriageService]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.setattr(challengers, "ASK_AGAIN_S", 0.0)
    shutil.copytree(FACTORY, tmp_path / "models" / "factory")
    book = load_rulebook()

    def made(silence: Callable[[], str | None] | None = None, rival: Path | None = None) -> TriageService:
        served, challenger = ServedModel(tmp_path / "models"), Challenger(lambda: rival)
        service = TriageService(book, silent_search(book), served, challenger, None, silence, LIMIT_S)
        service.triage(a_request())
        return service

    return made


def hang(service: TriageService, monkeypatch: pytest.MonkeyPatch, free: threading.Event) -> None:
    """The served model answers once ``free`` is set, and no sooner."""
    real = service.model.opinion
    monkeypatch.setattr(service.model, "opinion", lambda *told: (free.wait(HANG_S), real(*told))[1])


def test_a_model_that_hangs_leaves_the_rules_to_answer_within_the_limit(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, free = make(), threading.Event()
    hang(service, monkeypatch, free)
    started = time.monotonic()
    decision = service.triage(a_request(glasgow=14))
    free.set()
    assert time.monotonic() - started < LIMIT_S + 0.5
    assert (decision.french_level.value, decision.ml_available) == ("3B", False)
    assert "did not answer within 200 ms" in str(decision.ml_error)


def test_a_late_model_is_left_out_for_a_while_then_asked_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    service, free = make(), threading.Event()
    hang(service, monkeypatch, free)
    service.triage(a_request())
    started = time.monotonic()
    assert not service.triage(a_request()).ml_available
    assert time.monotonic() - started < LIMIT_S
    trouble = service.guard.trouble()
    assert trouble is not None and trouble.kind == "slow"
    free.set()
    time.sleep(0.1)
    now = time.monotonic() + guarded.PAUSE_S
    monkeypatch.setattr(service.guard, "_clock", lambda: now)
    assert service.triage(a_request()).ml_available
    assert service.guard.trouble() is None


def test_while_the_late_question_is_at_work_nobody_waits_again_and_the_pause_grows(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, free = make(), threading.Event()
    hang(service, monkeypatch, free)
    service.triage(a_request())
    now = time.monotonic() + guarded.PAUSE_S
    monkeypatch.setattr(service.guard, "_clock", lambda: now)
    decision = service.triage(a_request())
    free.set()
    assert "still busy" in str(decision.ml_error) and "in 20 s" in str(decision.ml_error)


def test_a_model_that_breaks_on_a_patient_costs_its_opinion_and_not_the_visit(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = make()
    monkeypatch.setattr(service.model, "opinion", lambda *_: 1 / 0)
    decision = service.triage(a_request(glasgow=14))
    assert (decision.french_level.value, decision.ml_available) == ("3B", False)
    assert "the model failed (ZeroDivisionError)" in str(decision.ml_error)
    assert [r.getMessage() for r in caplog.records] == ["the model failed (ZeroDivisionError); rules alone for 10 s"]


def test_a_slow_challenger_is_given_up_so_that_the_served_model_comes_back(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make(rival=a_rival(tmp_path / "rival"))
    rival = service.arms.challenger
    assert rival is not None
    predictor = rival.current()
    assert predictor is not None
    real = predictor.margins
    monkeypatch.setattr(predictor, "margins", lambda rows: (time.sleep(2 * LIMIT_S), real(rows))[1])
    assert not service.triage(a_request()).ml_available
    time.sleep(2 * LIMIT_S)
    now = time.monotonic() + guarded.PAUSE_S
    monkeypatch.setattr(service.guard, "_clock", lambda: now)
    judged = service.judge(a_request())
    assert (judged.decision.ml_available, judged.shadow, rival.current()) == (True, None, None)


def test_turned_off_no_arm_speaks_not_even_in_the_shadow(make: Make, tmp_path: Path) -> None:
    told: list[str | None] = ["turned off by chef: essai"]
    service = make(lambda: told[0], a_rival(tmp_path / "rival"))
    judged = service.judge(a_request())
    assert (judged.decision.ml_available, judged.decision.ml_error) == (False, told[0])
    assert (judged.shadow, judged.arm, judged.decision.raised_by_model) == (None, "champion", False)
    trouble = service.guard.trouble()
    assert trouble is not None and trouble.kind == "off"
    told[0] = None
    assert service.judge(a_request()).shadow is not None


def test_without_a_model_the_trouble_says_that_it_is_absent(make: Make, tmp_path: Path) -> None:
    service = make()
    (tmp_path / "models" / "champion").mkdir()
    trouble = service.guard.trouble()
    assert trouble is not None and trouble.kind == "absent"


def test_twenty_threads_asking_at_once_each_get_their_own_answer() -> None:
    deadline = Deadline()
    answers: dict[int, int] = {}
    ask = [threading.Thread(target=lambda n=n: answers.update({n: deadline.begin(lambda: n, 5)()})) for n in range(20)]
    for thread in ask:
        thread.start()
    for thread in ask:
        thread.join()
    assert answers == {n: n for n in range(20)}


def test_a_fault_is_handed_over_to_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        Deadline().begin(lambda: 1 / 0, 5)()


def test_the_waiting_thread_ends_with_its_owner() -> None:
    deadline = Deadline()
    thread = deadline.begin(threading.current_thread, 5)()
    deadline._start()  # a second start changes nothing
    del deadline
    thread.join(5)
    assert not thread.is_alive()


def test_what_is_late_is_too_slow_until_it_is_done() -> None:
    deadline, free = Deadline(), threading.Event()
    with pytest.raises(TooSlow):
        deadline.begin(lambda: free.wait(HANG_S), 0.01)()
    with pytest.raises(TooSlow):
        deadline.begin(int, 5)
    free.set()
    time.sleep(0.1)
    assert deadline.begin(int, 5)() == 0
