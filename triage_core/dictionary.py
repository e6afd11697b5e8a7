"""The data dictionary in French: the generated ``data/DICTIONNAIRE.md``, from the one table of features.

``python -m triage_core.dictionary`` writes the document; ``--check`` exits 1 when it is stale.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from triage_core.features import (
    ADULT_FROM_YEARS,
    ARRIVAL_MODES,
    FEATURES,
    MAX_TEXT,
    SEXES,
    VITALS,
    Feature,
    Interval,
    Tier,
    reference_interval,
    soft_bounds,
)
from triage_core.levels import FrenchLevel, Gravity
from triage_core.rules.describe import french_number
from triage_core.training.table import TABLE_COLUMNS

DOCUMENT = Path(__file__).parents[1] / "data" / "DICTIONNAIRE.md"
_TIERS = {
    Tier.REQUIRED: "requise",
    Tier.IMPORTANT: "importante",
    Tier.OPTIONAL: "facultative",
    Tier.MEASURE: "propre à certains motifs",
}
_MONTHS = range(12 * ADULT_FROM_YEARS)
_INTRODUCTION = """\
# Dictionnaire des données

Document engendré depuis `triage_core/features.py` par `python -m triage_core.dictionary` : ne pas le modifier à la
main. Une case vide ou `null` veut dire « non mesuré » ; aucune valeur par défaut ne la remplace.

- **Refusée hors de** : la saisie est rejetée au-delà de ces bornes, elles-mêmes admises.
- **À confirmer hors de** : la valeur est possible mais rare, l'infirmière la confirme.
- **Usuel** : intervalle de référence. Il aide à lire et sert au modèle ; il ne décide d'aucun tri.
- L'âge est en années, avec décimales avant 2 ans (0,25 = trois mois).
"""
_OTHER_COLUMNS = {
    "case_id": "identifiant du cas, unique, sans identité",
    "sexe": "sexe : " + ", ".join(f"`{sex}`" for sex in SEXES),
    "motif_id": "motif de la grille (identifiant de `REGLES.md`) ; vide s'il n'est pas connu",
    "motif_consultation": f"motif tel que saisi, au plus {MAX_TEXT} caractères",
    "comorbidite_lourde_en_rapport": "comorbidité lourde en rapport avec le motif : `true`, `false` ou vide",
    "adresse_par_medecin": "adressé le jour même par un médecin : `true`, `false` ou vide",
    "mode_arrivee": "mode d'arrivée : " + ", ".join(f"`{mode}`" for mode in ARRIVAL_MODES),
    "traumatisme": "traumatisme : `true`, `false` ou vide",
    "niveau_french": "niveau FRENCH vrai : " + ", ".join(f"`{level.value}`" for level in reversed(FrenchLevel)),
    "gravite": "gravité vraie, celle qu'apprend le modèle : " + ", ".join(f"`{g.value}`" for g in reversed(Gravity)),
    "gravite_ioa": "gravité donnée par l'infirmière : mêmes mots que `gravite` ; ne sert qu'aux seuils du modèle",
}


def dictionary() -> str:
    """The whole document."""
    return "\n".join([_INTRODUCTION, *_features(), "", *_children(), "", *_table()]) + "\n"


def _features() -> Iterator[str]:
    yield "## Grandeurs"
    yield ""
    yield "| nom | libellé | unité | rang | refusée hors de | à confirmer hors de (adulte) | usuel (adulte) | pas |"
    yield "|---|---|---|---|---|---|---|---|"
    for feature in FEATURES:
        yield _row(
            f"`{feature.name}`",
            feature.label,
            feature.unit,
            _TIERS[feature.tier],
            _interval(feature.hard),
            _interval(feature.soft),
            _interval(feature.reference),
            "entier" if feature.is_integer else french_number(feature.step),
        )


def _children() -> Iterator[str]:
    yield f"## Enfants de moins de {ADULT_FROM_YEARS} ans"
    yield ""
    yield "Ce qui n'est pas nommé ici vaut comme chez l'adulte."
    yield ""
    yield "| nom | âge | à confirmer hors de | usuel |"
    yield "|---|---|---|---|"
    for feature in VITALS:
        yield from _bands(feature)


def _bands(feature: Feature) -> Iterator[str]:
    """One row for each stretch of months in which neither interval of a feature changes."""

    def intervals(months: int) -> tuple[Interval | None, Interval | None]:
        return soft_bounds(feature.name, months / 12), reference_interval(feature.name, months / 12)

    bands = [(list(months), both) for both, months in groupby(_MONTHS, key=intervals)]
    if all(both == (feature.soft, feature.reference) for _, both in bands):
        return
    for months, (soft, reference) in bands:
        yield _row(f"`{feature.name}`", _ages(months[0], months[-1] + 1), _interval(soft), _interval(reference))


def _ages(first: int, end: int) -> str:
    """« 3 à 6 mois », « 2 à 3 ans »: the end does not belong to it."""
    if end <= 24 or first % 12 or end % 12:
        return f"{first} à {end} mois"
    return f"{first // 12} à {end // 12} ans"


def _table() -> Iterator[str]:
    yield "## Colonnes de `data/raw/patients_synthetic.csv` et des corrections, dans l'ordre"
    yield ""
    yield "| colonne | contenu |"
    yield "|---|---|"
    by_name = {feature.name: feature for feature in FEATURES}
    for column in TABLE_COLUMNS:
        feature = by_name.get(column)
        told = _OTHER_COLUMNS[column] if feature is None else f"{feature.label}, en {feature.unit}"
        yield _row(f"`{column}`", told)


def _interval(interval: Interval | None) -> str:
    return "—" if interval is None else " à ".join(french_number(bound) for bound in interval)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def main(arguments: list[str]) -> int:
    """Write the document, or with ``--check`` compare it; 0 fresh or written, 1 stale, 2 wrong usage."""
    if arguments not in ([], ["--check"]):
        print("usage : python -m triage_core.dictionary [--check]", file=sys.stderr)
        return 2
    if not arguments:
        DOCUMENT.write_bytes(dictionary().encode("utf-8"))
        return 0
    if DOCUMENT.is_file() and DOCUMENT.read_bytes() == dictionary().encode("utf-8"):
        return 0
    print(f"{DOCUMENT.name} n'est plus à jour : python -m triage_core.dictionary", file=sys.stderr)
    return 1


if __name__ == "__main__":  # pragma: no cover - the command itself, run by make check
    raise SystemExit(main(sys.argv[1:]))
