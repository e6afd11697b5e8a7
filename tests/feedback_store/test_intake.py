"""What the journals hand to training: each case once, contradictions to a person, and nobody's word rewritten."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_store.errors import ReviewRefused
from feedback_store.intake import Gathered, gather, received
from feedback_store.journals import REVIEWS, ledgers_of
from feedback_store.reviews import Reviews
from feedback_store.store import FeedbackStore
from triage_core.levels import FrenchLevel

Make = Callable[..., object]
WHY = "revu avec le dossier complet"


@pytest.fixture
def reviews(tmp_path: Path) -> Reviews:
    return Reviews(ledgers_of(tmp_path).reviews)


@pytest.fixture
def judged(store: FeedbackStore, a_decision: Make, a_verdict: Make) -> Callable[..., str]:
    """One decision (3B) of its own features, and one verdict on it; returns the verdict's id."""

    def judge(case: str, nurse: str | None, kind: str, **changes: object) -> str:
        if store.decision(case) is None:
            features = {"age": changes.pop("age", 20 + len(case)), "sexe": "F"}
            store.record_decision(a_decision(case, features=features, **changes.pop("decision", {})))  # type: ignore[arg-type, arg-type]
        return store.submit(a_verdict(case, kind, nurse_id=nurse, **changes)).feedback_id

    return judge


def gravities(gathered: Gathered) -> list[str]:
    return [told.gravity.value for told in gathered.corrections]


def test_nurses_who_contradict_each_other_leave_the_case_out_until_a_person_settles_it(store, judged, reviews) -> None:
    for nurse, kind in (("a", "correct"), ("b", "upgrade"), ("c", "downgrade")):
        judged("p1", nurse, kind)
    gathered = gather(store, reviews.events())
    assert (gathered.corrections, gathered.received, len(gathered.contradictions)) == ((), 1, 1)
    reviews.settle("p1", gathered.contradictions[0].verdict_ids, FrenchLevel.L3A, WHY, by="cadre")
    [told] = gather(store, reviews.events()).corrections
    assert (told.row["niveau_french"], told.gravity, told.is_settled) == ("3A", "JAUNE", True)


def test_a_nurse_who_changes_her_mind_ends_a_contradiction(store, judged) -> None:
    judged("p1", "a", "correct")
    judged("p1", "b", "upgrade")
    judged("p1", "b", "correct")
    assert gravities(gather(store)) == ["JAUNE"]


def test_a_new_verdict_against_the_settlement_opens_the_case_again(store, judged, reviews) -> None:
    names = (judged("p1", "a", "correct"), judged("p1", "b", "upgrade"))
    reviews.settle("p1", names, FrenchLevel.L3B, WHY)
    judged("p1", "c", "correct")
    assert gravities(gather(store, reviews.events())) == ["JAUNE"]
    judged("p1", "d", "downgrade")
    assert len(gather(store, reviews.events()).contradictions) == 1


def test_two_levels_of_one_gravity_are_no_contradiction(store, judged) -> None:
    judged("p1", "a", "correct")
    judged("p1", "b", "upgrade", corrected_gravity="JAUNE", corrected_french_level="3A")
    [told] = gather(store).corrections
    assert (told.row["niveau_french"], told.nurses) == ("3A", ("a", "b"))


def test_the_same_case_told_again_counts_once_whoever_tells_it(store, judged) -> None:
    for place, nurse in enumerate(("a", "a", "b", None)):
        judged(f"p{place}", nurse, "upgrade", age=50)
    judged("p9", "a", "correct", age=50)
    gathered = gather(store)
    assert gravities(gathered) == ["ROUGE", "JAUNE"]
    assert (gathered.received, gathered.duplicates, received(store, 99)) == (5, 3, 5)
    assert (received(store, 2), received(store, 5), received(store, 6)) == (2, 5, 5)
    assert gathered.corrections[0].nurses == ("", "a", "b")
    assert len(gathered.corrections[0].verdict_ids) == 4
    assert gathered.intake.duplicates == 3


def test_a_case_told_again_with_a_hair_or_a_word_changed_is_the_same_case(store, a_decision, a_verdict) -> None:
    told = {"age": 50, "sexe": "F", "motif_id": "fievre", "temperature": 39.21, "motif_consultation": "fièvre"}
    hairs = ({}, {"temperature": 39.24}, {"age": 50.4}, {"motif_consultation": "fièvre 2"}, {"mode_arrivee": "police"})
    for place, hair in enumerate((*hairs, {"temperature": 39.6}, {"age": 51}, {"motif_id": "toux"})):
        store.record_decision(a_decision(f"p{place}", features=told | hair))
        store.submit(a_verdict(f"p{place}", "upgrade"))
    gathered = gather(store)
    assert (gathered.duplicates, len(gathered.corrections)) == (4, 4)


def test_months_tell_infants_apart_and_words_tell_cases_without_a_motif_apart(store, a_decision, a_verdict) -> None:
    told = {"sexe": "F", "motif_id": None}
    cases = ({"age": 0.25}, {"age": 0.5}, {"age": 9, "motif_consultation": "a"}, {"age": 9, "motif_consultation": "b"})
    for place, case in enumerate(cases):
        store.record_decision(a_decision(f"p{place}", features=told | case))
        store.submit(a_verdict(f"p{place}", "upgrade"))
    assert gather(store).duplicates == 0


def test_the_level_of_the_rules_stands_beside_each_correction(store, judged) -> None:
    judged("p1", "a", "downgrade")
    judged("p22", "a", "downgrade", decision={"rules_level": "4"})
    judged("p333", "a", "downgrade", decision={"rules_level": None})
    told = gather(store).corrections
    assert [(c.floor, c.is_below_rules) for c in told] == [("JAUNE", True), ("VERT", False), ("JAUNE", True)]


def test_a_verdict_whose_decision_is_lost_is_held_against_what_we_had_shown(store, judged, tmp_path) -> None:
    judged("p1", "a", "downgrade")
    (tmp_path / "triage" / "decisions.jsonl").unlink()
    [told] = gather(FeedbackStore(tmp_path)).corrections
    assert (told.floor, told.is_below_rules) == ("JAUNE", True)


def test_the_last_answer_about_a_doubtful_verdict_counts(store, judged, reviews) -> None:
    name = judged("p1", "a", "downgrade")
    reviews.set_aside([("p1", (name,), ("trop bas",))])
    assert gather(store, reviews.events()).corrections[0].review is None
    for accept in (True, False):
        reviews.decide("p1", (name,), accept, WHY, by="cadre")
        answer = "accepted" if accept else "rejected"
        assert gather(store, reviews.events()).corrections[0].review == answer


def test_the_answer_to_one_holds_for_the_same_case_told_again(store, judged, reviews) -> None:
    name = judged("p1", "a", "downgrade", age=50)
    reviews.decide("p1", (name,), False, WHY)
    judged("p2", "a", "downgrade", age=50)
    assert gather(store, reviews.events()).corrections[0].review == "rejected"


@pytest.mark.parametrize("reason", ["", "   ", "non", "x" * 2001])
def test_a_decision_without_a_reason_is_refused_and_nothing_is_kept(reviews, tmp_path, reason) -> None:
    with pytest.raises(ReviewRefused, match="a reason of 10"):
        reviews.decide("p1", ("f1",), True, reason)
    with pytest.raises(ReviewRefused):
        reviews.settle("p1", ("f1",), FrenchLevel.L2, reason)
    assert not (tmp_path / REVIEWS).exists()


def test_what_a_training_set_aside_is_noted_once(reviews) -> None:
    found = [("p1", ("f1",), ("trop bas",)), ("p2", ("f2",), ("trop bas",))]
    assert (reviews.set_aside(found), reviews.set_aside(found)) == (2, 0)
    assert [(event.kind, event.doubts) for event in reviews.events()] == [("set_aside", ("trop bas",))] * 2


DAMAGED = (
    b'\xff\n{"schema_version":1}\n'
    b'{"schema_version":1,"review_id":"r","timestamp":"2026-11-23T12:00:00Z","kind":"accepted","prediction_id":"p1","verdict_ids":["f1"]}\n'
    b'{"schema_version":1,"review_id":"r","timestamp":"2026-11-23T12:00:00Z","kind":"accepted","prediction_id":"p1",'
    b'"verdict_ids":["f1"],"reason":"revu avec le dossier","gravity":"ROUGE"}\n'
    b'{"schema_version":1,"review_id":"r","timestamp":"2026-11-23T12:00:00Z","kind":"settled","prediction_id":"p1",'
    b'"verdict_ids":["f1"],"reason":"revu avec le dossier","gravity":"ROUGE","french_level":"4"}\n'
)


def test_damaged_lines_and_events_that_make_no_sense_are_passed_over(reviews, tmp_path) -> None:
    reviews.set_aside([("p1", ("f1",), ())])
    path = tmp_path / REVIEWS
    path.write_bytes(path.read_bytes() + DAMAGED)
    assert [event.kind for event in reviews.events()] == ["set_aside"]
