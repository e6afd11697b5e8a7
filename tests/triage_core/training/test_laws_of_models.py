"""The gate's probes find a model that would call a worse vital less urgent."""

from pathlib import Path

import numpy as np
import pytest

from triage_core.model.bundle import SHIPPED_FACTORY, load_bundle
from triage_core.training import dataset
from triage_core.training.judging import at_least, judge_bundles
from triage_core.training.laws import broken_laws, generated_patients

TABLE = Path(__file__).parents[3] / "data" / "raw" / "patients_synthetic.csv"
MOTIFS = ("fievre", "douleur_abdominale", "cephalee")


def test_the_factory_model_keeps_every_law() -> None:
    factory = load_bundle(SHIPPED_FACTORY)
    assert broken_laws(lambda patients: at_least(factory, patients), MOTIFS) == ()


def test_a_model_that_takes_a_fever_for_a_good_sign_is_named_with_the_vital() -> None:
    def answer(patients: object) -> np.ndarray:
        heat = np.nan_to_num(patients["temperature"].to_numpy(), nan=37.0)  # type: ignore[index]
        return np.tile((1 - heat / 100)[:, None], (1, 3))

    [reason] = broken_laws(answer, MOTIFS)
    assert reason == "loi de monotonie rompue : Température"


def test_a_model_that_reads_columns_by_their_place_is_found() -> None:
    def answer(patients: object) -> np.ndarray:
        return np.full((len(patients), 3), float(patients.columns[0] == "case_id"))  # type: ignore[arg-type, attr-defined]

    assert broken_laws(answer, MOTIFS) == ("l'ordre des colonnes change la réponse",)


def test_the_probes_are_the_same_every_time_and_of_every_age() -> None:
    one, other = generated_patients(MOTIFS), generated_patients(MOTIFS)
    assert one.equals(other)
    assert (one["age"].min() < 2, one["age"].max() > 80) == (True, True)
    assert one["glasgow"].isna().mean() == pytest.approx(0.15, abs=0.1)


def test_a_model_judged_against_itself_passes_with_every_figure_of_both() -> None:
    factory = load_bundle(SHIPPED_FACTORY)
    told = judge_bundles(factory, factory, dataset.read_table(TABLE).frame.head(400))
    assert (told.accepted, told.n_frozen, told.champion_version) == (True, 400, factory.version)
    assert told.champion == told.challenger != {}
    assert len(told.criteria) == 7
