"""A model's card says what it is for, whom it was measured on and what nobody knows of it."""

from pathlib import Path

import pytest

from tests.triage_core.model.test_bundle import FACTORY
from triage_core.model.card import card_of
from triage_core.model.manifest import read_manifest

PARTS = ("Usage prévu", "Données et provenance", "Mesures par jeu", "Mesures par sous-groupe", "Calibration", "Limites")


@pytest.fixture
def manifest() -> dict[str, object]:
    return dict(read_manifest(FACTORY))


def test_a_card_has_every_part_and_says_what_is_not_proven(manifest: dict[str, object]) -> None:
    card = card_of(manifest)
    assert card.startswith("# Model card: MedTriage factory-1\n")
    assert all(f"## {part}" in card for part in PARTS)
    assert "Aucune preuve chez l'enfant" in card
    assert "passages français" in card


def test_a_card_gives_intervals_by_sex_and_age_band(manifest: dict[str, object]) -> None:
    rows = [line for line in card_of(manifest).splitlines() if " à " in line and "%" in line and line.startswith("|")]
    groups = [row.split("|")[1].strip() for row in rows]
    bands = ["moins de 15 ans", "15 à 64 ans", "65 à 79 ans", "80 ans et plus"]
    assert groups == ["tous", "femmes", "hommes", *bands]


def test_a_manifest_written_before_the_cards_says_what_it_lacks(manifest: dict[str, object]) -> None:
    old = {key: manifest[key] for key in ("version", "fit", "libraries")}
    card = card_of(old)
    assert "non inscrite dans ce manifeste" in card
    assert "Non mesurées" in card
    assert "Non mesurée." in card


def test_a_dated_manifest_gives_its_day_and_a_figure_without_rows_a_dash(manifest: dict[str, object]) -> None:
    group = {"group": "femmes", "n": 30, "accuracy": [0.5, 0.25, 0.75], "rouge_recall": None}
    card = card_of(manifest | {"created": "2026-11-25T01:00:00+00:00", "subgroups": [group]})
    assert "entraînée le 2026-11-25" in card
    assert "| femmes | 30 | 50,0 % (25,0 % à 75,0 %) | — | — | — |" in card


def test_the_card_lies_beside_the_model(tmp_path: Path) -> None:
    assert (FACTORY / "MODEL_CARD.md").read_text("utf-8") == card_of(read_manifest(FACTORY))
