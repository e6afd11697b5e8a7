"""What the nurses say reaches the model only when it is plausible or when a person has looked at it."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from triage_core.levels import Gravity
from triage_core.model.bundle import SHIPPED_FACTORY, Bundle, load_bundle
from triage_core.training import dataset
from triage_core.training.correction import BELOW_RULES, Correction, Intake
from triage_core.training.doubt import IMPROBABLE_BATCH, IMPROBABLE_LOWERING
from triage_core.training.protection import Lesson, Protection, take_in

ROOT = Path(__file__).parents[3]
CRITICAL = {"age": 80, "sexe": "F", "motif_id": "fievre", "frequence_cardiaque": 118, "pression_systolique": 104,
            "pression_diastolique": 58, "frequence_respiratoire": 26, "temperature": 39.2, "saturation_oxygene": 93,
            "echelle_douleur": 3, "glasgow": 14}  # fmt: skip
CALM = {"age": 25, "sexe": "M", "motif_id": "douleur_gorge", "frequence_cardiaque": 72, "pression_systolique": 124,
        "pression_diastolique": 74, "frequence_respiratoire": 14, "temperature": 36.9, "saturation_oxygene": 99,
        "echelle_douleur": 1, "glasgow": 15}  # fmt: skip


@cache
def base() -> pd.DataFrame:
    return dataset.split(dataset.read_table(ROOT / "data" / "raw" / "patients_synthetic.csv").frame)[0]


@cache
def champion() -> Bundle:
    return load_bundle(SHIPPED_FACTORY)


def said(who: dict[str, object], gravity: str, n: int = 1, nurse: str = "a", floor: str = "GRIS") -> list[Correction]:
    """Verdicts on patients alike but for a year of age."""
    rows = [
        who | {"case_id": f"{nurse}{who['age']}{i}", "age": who["age"] + i % 9, "gravite": gravity} for i in range(n)
    ]
    return [Correction(row, (nurse,), (f"f-{row['case_id']}",), Gravity(floor)) for row in rows]


def lesson(corrections: list[Correction], **how: object) -> Lesson:
    return take_in(Intake.of(corrections), base(), champion(), Protection(**how))


def reasons(told: Lesson) -> set[str]:
    return {reason for each in told.report.set_aside for reason in each.reasons}


def test_a_verdict_below_the_rules_waits_however_plausible_it_is() -> None:
    told = lesson(said(CALM, "GRIS", floor="VERT"))
    assert (reasons(told), told.report.learned) == ({BELOW_RULES}, 0)
    assert told.report.set_aside[0].verdict_ids == ("f-a250",)


@pytest.mark.parametrize("gravity", ["GRIS", "VERT"])
def test_a_single_lowering_of_a_critical_patient_waits(gravity: str) -> None:
    assert reasons(lesson(said(CRITICAL, gravity))) == {IMPROBABLE_LOWERING}


def test_two_nurses_who_lower_the_same_critical_patients_are_no_proof_for_each_other() -> None:
    told = lesson(said(CRITICAL, "GRIS", 40, "a") + said(CRITICAL | {"age": 81}, "GRIS", 40, "b"))
    assert (told.report.learned, len(told.report.set_aside)) == (0, 80)


def test_what_the_model_and_the_neighbours_expect_is_learnt_at_once() -> None:
    told = lesson(said(CALM, "GRIS", 3) + said(CRITICAL, "ROUGE", 3, floor="JAUNE"))
    assert (told.report.learned, told.report.set_aside) == (6, ())
    assert told.dataset.frame["gravite"].tolist() == ["GRIS"] * 3 + ["ROUGE"] * 3


def test_one_improbable_raising_is_learnt_and_a_batch_of_one_nurse_waits() -> None:
    assert lesson(said(CALM, "ROUGE", 3)).report.learned == 3
    assert reasons(lesson(said(CALM, "ROUGE", 40))) == {IMPROBABLE_BATCH}


def test_a_batch_of_raisings_that_other_nurses_confirm_nearby_is_learnt() -> None:
    others = [one for nurse in "bcd" for one in said(CALM | {"age": 26}, "ROUGE", 15, nurse)]
    assert lesson(said(CALM, "ROUGE", 40) + others).report.set_aside == ()


def test_an_administrators_answer_decides() -> None:
    doubtful = said(CRITICAL, "GRIS", 2)
    accepted, rejected = (lesson([replace(one, review=word) for one in doubtful]) for word in ("accepted", "rejected"))
    assert (accepted.report.learned, accepted.report.set_aside) == (2, ())
    assert accepted.weights.sum() == pytest.approx(1.0)  # accepted is not uncapped
    assert (rejected.report.learned, rejected.report.rejected) == (0, 2)


def test_a_settled_case_is_learnt_whatever_it_says() -> None:
    assert lesson([replace(said(CRITICAL, "GRIS")[0], is_settled=True)]).weights.tolist() == [3.0]


def test_without_protection_everything_is_learnt_at_full_weight() -> None:
    every = [*said(CRITICAL, "GRIS", 5, floor="JAUNE"), replace(said(CALM, "ROUGE")[0], review="rejected")]
    told = lesson(every, is_on=False)
    assert (told.weights.tolist(), told.report.set_aside) == ([3.0] * 6, ())


def test_a_faulty_row_is_quarantined_and_the_others_are_learnt() -> None:
    told = lesson(said(CALM | {"temperature": 99}, "GRIS") + said(CALM | {"age": 30}, "GRIS"))
    assert (told.report.learned, len(told.dataset.quarantined)) == (1, 1)


def test_nothing_given_is_nothing_learnt_and_an_intake_keeps_its_counts() -> None:
    intake = Intake((), received=7, duplicates=3, contradictory=2)
    report = take_in(intake, base(), champion()).report
    counts = report.counts()
    assert (counts["received"], counts["duplicates"], counts["contradictory"], counts["learned"]) == (7, 3, 2, 0)
    assert counts["set_aside"] == 0
    assert Intake.of(intake) is intake


def test_neighbours_are_looked_for_in_part_of_a_very_large_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage_core.training.protection.MOST_BASE_ROWS", 500)
    assert reasons(lesson(said(CRITICAL, "GRIS"))) == {IMPROBABLE_LOWERING}
    assert np.isfinite(lesson(said(CRITICAL, "ROUGE")).weights).all()


def test_two_hundred_plausible_lowerings_of_one_nurse_weigh_a_third_of_one_verdict() -> None:
    told = lesson(said(CRITICAL, "JAUNE", 200, floor="JAUNE"))
    assert told.report.learned > 0
    assert told.weights.sum() == pytest.approx(1.0)
    assert told.report.capped_nurses == 1
