"""What a bundle says of itself beyond its fit: the reference of its drift, figures by sex and age band, its card."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage_core.levels import FrenchLevel
from triage_core.model.bundle import Bundle, load_bundle
from triage_core.model.card import CARD_FILE, card_of
from triage_core.model.ordinal import class_probabilities
from triage_core.model.predict import Predictor
from triage_core.monitoring.drift import WATCHED, counted
from triage_core.training.evaluate import bundle_rows, true_ranks
from triage_core.training.subgroups import subgroup_figures

if TYPE_CHECKING:
    import pandas as pd


def reference_counts(frame: "pd.DataFrame") -> dict[str, dict[str, int]]:
    """How the rows spread over the bins of each watched feature: what later patients are compared with."""
    return {feature: counted(feature, frame[feature]) for feature in WATCHED}


def frozen_subgroups(
    bundle: Bundle, frozen: "pd.DataFrame", default_levels: Mapping[str, FrenchLevel] | None
) -> list[dict[str, Any]]:
    """The figures of a bundle on the frozen rows by sex and age band."""
    cumulative = Predictor(bundle).cumulative(bundle_rows(bundle, frozen, default_levels))
    return subgroup_figures(frozen, true_ranks(frozen), class_probabilities(cumulative).argmax(axis=1))


def with_card(folder: Path) -> Bundle:
    """Load a written bundle and lay its card beside it."""
    bundle = load_bundle(folder)
    (folder / CARD_FILE).write_text(card_of(bundle.manifest), encoding="utf-8")
    return bundle
