"""The laws of the design, on generated patients of every age and motif. ``make laws`` runs 100,000 of them."""

import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage_core.features import ADULT_FROM_YEARS, VITALS, reference_interval
from triage_core.model.served import ServedModel
from triage_core.motifs.search import MotifSearch
from triage_core.patient import Patient
from triage_core.quality import QualityGrade
from triage_core.rules.catalog import load_rulebook
from triage_core.service import Judged, TriageService

pytestmark = pytest.mark.slow  # hundreds of patients a law
BOOK = load_rulebook()
N = int(os.environ.get("MEDTRIAGE_LAWS", "300"))
LAW = settings(max_examples=N, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=N <= 300)
GRADES = list(QualityGrade)
MODELS = Path(__file__).parents[2] / "models"


@cache
def service() -> TriageService:
    return TriageService(BOOK, MotifSearch(BOOK), ServedModel(MODELS))


def judge(raw: dict[str, object]) -> Judged:
    return service().judge(Patient.model_validate(raw))


@st.composite
def vital(draw: st.DrawFn, name: str) -> float | None:
    feature = next(f for f in VITALS if f.name == name)
    low, high = feature.hard
    number = draw(
        st.one_of(st.none(), st.integers(int(low) + 1, int(high)), st.floats(low, high).map(lambda x: round(x, 1)))
    )
    return number if number is None or not feature.is_integer else int(number)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, object]:
    """A patient of any age; a motif chosen, guessed from words or unknown; any modulators ticked."""
    age = draw(st.one_of(st.floats(0, ADULT_FROM_YEARS).map(lambda x: round(x, 2)), st.integers(0, 110)))
    constantes = {f.name: draw(vital(f.name)) for f in VITALS}
    if constantes["frequence_cardiaque"] == 0:
        constantes["frequence_cardiaque"] = None
    upper, lower = constantes["pression_systolique"], constantes["pression_diastolique"]
    if upper is not None and lower is not None and lower >= upper:
        constantes["pression_diastolique"] = None
    motif = draw(st.one_of(st.none(), st.sampled_from(BOOK.motifs)))
    words = draw(st.sampled_from(["", "douleur thoracique", "fievre", "chute", "zzz"]))
    ticked = (
        [] if motif is None else draw(st.lists(st.sampled_from([m.id for m in motif.modulators] or [""]), unique=True))
    )
    return {
        "age": age,
        "sexe": draw(st.sampled_from(["M", "F", "Autre"])),
        "motif_id": None if motif is None else motif.id,
        "motif_consultation": words,
        "modulateurs": [m for m in ticked if m],
        "comorbidite_lourde_en_rapport": draw(st.sampled_from([None, True, False])),
        "adresse_par_medecin": draw(st.sampled_from([None, True])),
        "mesures": {
            "duree_symptomes_h": draw(st.sampled_from([None, 1, 4.5, 12, 24, 48])),
            "debit_expiratoire_de_pointe": draw(st.sampled_from([None, 150, 200, 250, 300, 400])),
            "perte_de_poids_pct": draw(st.sampled_from([None, 0, 5, 10, 15])),
        },
        "constantes": constantes,
    }


def with_vital(raw: dict[str, object], name: str, value: float | None) -> dict[str, object]:
    return raw | {"constantes": {**raw["constantes"], name: value}}  # type: ignore[dict-item]


@LAW
@given(requests())
def test_the_decision_is_never_less_urgent_than_the_rules(raw: dict[str, object]) -> None:
    judged = judge(raw)
    assert judged.decision.french_level.rank >= judged.rules_level.rank


@LAW
@given(requests(), st.sampled_from(VITALS), st.data())
def test_a_vital_further_outside_its_interval_never_makes_anything_less_urgent(raw, feature, data) -> None:
    low, high = reference_interval(feature.name, raw["age"])
    side = data.draw(st.sampled_from(["below", "above"]))
    span = (feature.hard[0], low) if side == "below" else (high, feature.hard[1])
    if span[0] >= span[1]:
        return
    near, far = sorted(
        data.draw(st.tuples(*[st.floats(*span).map(lambda x: round(x, 1))] * 2)), reverse=side == "below"
    )
    if feature.is_integer:
        near, far = int(near), int(far)
    if feature.name == "frequence_cardiaque" and 0 in (near, far):
        return
    if not all(_pressures_in_order(with_vital(raw, feature.name, v)) for v in (near, far)):
        return
    before, after = judge(with_vital(raw, feature.name, near)), judge(with_vital(raw, feature.name, far))
    assert after.rules_level.rank >= before.rules_level.rank
    assert after.decision.french_level.rank >= before.decision.french_level.rank
    assert _cumulative(after) >= _cumulative(before)


def _pressures_in_order(raw: dict[str, object]) -> bool:
    upper, lower = raw["constantes"]["pression_systolique"], raw["constantes"]["pression_diastolique"]  # type: ignore[index]
    return upper is None or lower is None or lower < upper


class _cumulative(tuple[float, float, float]):
    """P(at least ROUGE, JAUNE, VERT), compared element by element with the tolerance of float32 sums."""

    def __new__(cls, judged: Judged) -> "_cumulative":
        p = judged.decision.probabilities or {}
        red = p.get("ROUGE", 0)
        yellow = red + p.get("JAUNE", 0)
        return super().__new__(cls, (red, yellow, yellow + p.get("VERT", 0)))

    def __ge__(self, other: tuple) -> bool:
        return all(a >= b - 1e-6 for a, b in zip(self, other, strict=True))


@LAW
@given(requests(), st.sampled_from([f.name for f in VITALS]))
def test_removing_a_measurement_never_reassures(raw: dict[str, object], name: str) -> None:
    before, after = judge(raw).decision, judge(with_vital(raw, name, None)).decision
    assert GRADES.index(after.prediction_quality) >= GRADES.index(before.prediction_quality)
    assert {r.rule_id for r in before.not_evaluable} <= {r.rule_id for r in after.not_evaluable}
    if before.provisional:
        assert after.provisional


@LAW
@given(requests(), st.randoms())
def test_the_order_of_the_fields_never_matters(raw: dict[str, object], random) -> None:
    names = list(raw["constantes"])  # type: ignore[call-overload]
    random.shuffle(names)
    shuffled = raw | {"constantes": {name: raw["constantes"][name] for name in names}}  # type: ignore[index]
    skip = {"prediction_id", "latency_ms"}
    assert judge(raw).decision.model_dump(exclude=skip) == judge(shuffled).decision.model_dump(exclude=skip)


@LAW
@given(requests(), st.sampled_from([f.name for f in VITALS]), st.sampled_from(["non_mesurable", "refus"]))
def test_saying_why_a_vital_is_missing_changes_nothing_of_the_decision(raw, name: str, why: str) -> None:
    missing = with_vital(raw, name, None)
    skip = {"prediction_id", "latency_ms"}
    told = judge(missing | {"non_mesures": {name: why}}).decision
    assert told.model_dump(exclude=skip) == judge(missing).decision.model_dump(exclude=skip)


@LAW
@given(requests(), st.sampled_from(["LO", "HI"]), st.floats(0, 1))
def test_the_word_of_a_meter_is_never_less_urgent_than_a_number_on_its_side(raw, word: str, share: float) -> None:
    low, high = (0.1, 0.7) if word == "LO" else (1.4, 25)
    number = judge(with_vital(raw, "glycemie", round(low + share * (high - low), 2)))
    told = judge(with_vital(raw, "glycemie", None) | {"hors_echelle": {"glycemie": word}})
    assert told.rules_level.rank >= number.rules_level.rank
    assert told.decision.french_level.rank >= number.decision.french_level.rank
