"""The card of a model: what it is for, what it learned from, how good it is for whom, and what it does not know.

Written from the manifest alone, so that the same manifest always gives the same card.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from triage_core.model.manifest import Manifest

CARD_FILE = "MODEL_CARD.md"
SET_NAMES = {"cv": "validation croisée", "frozen": "jeu gelé"}
SET_FIGURES = (
    ("accuracy", "exactitude"),
    ("rouge_recall", "rappel ROUGE"),
    ("under_triage_rate", "sous-triage"),
    ("over_triage_rate", "sur-triage"),
)
SET_INDICES = (("qwk", "kappa quadratique"), ("f1_macro", "F1 macro"), ("ece", "erreur de calibration"))
USE = """\
Second lecteur au tri infirmier des urgences (échelle FRENCH). Les règles décident d'abord ; le modèle peut relever la
gravité qu'elles donnent, jamais l'abaisser. L'infirmier organisateur de l'accueil a le dernier mot. Il s'abstient quand
plus de deux mesures obligatoires manquent. Il n'est pas fait pour décider seul, pour un autre service, ni pour écarter
une urgence."""
LIMITS = """\
- Aucune preuve clinique : ni validation sur des passages français, ni essai.
- Aucune preuve chez l'enfant : les données réelles publiques dont nous disposons sont des adultes de deux hôpitaux
  coréens.
- La table de base est synthétique ; des corrections d'infirmiers s'y ajoutent quand elles sont incluses.
- Les corrections sont données par des infirmiers qui ont vu la réponse : elles lui ressemblent plus qu'un avis
  indépendant.
- D'un hôpital à l'autre l'exactitude baisse nettement : surveiller la dérive et recalibrer sur place.
- Le sexe « Autre » n'a pas été appris."""


def card_of(manifest: Manifest) -> str:
    """The card in Markdown, French under an English title; parts a manifest does not hold are said to be missing."""
    parts = [
        f"# Model card: MedTriage {manifest['version']}",
        f"Version {manifest['version']}, {_when(manifest)}.",
        "## Usage prévu",
        USE,
        "## Données et provenance",
        "\n".join(_provenance(manifest)),
        "## Mesures par jeu de données",
        "\n".join(_sets(manifest.get("metrics", {}))),
        "## Mesures par sous-groupe (jeu gelé, intervalles à 95 %)",
        "\n".join(_subgroups(manifest.get("subgroups", ()))),
        "## Calibration (« ROUGE », jeu gelé)",
        "\n".join(_calibration(manifest.get("metrics", {}).get("frozen", {}).get("calibration_curve", ()))),
        "## Limites",
        LIMITS,
    ]
    return "\n\n".join(parts) + "\n"


def _when(manifest: Manifest) -> str:
    created = manifest.get("created")
    return f"entraînée le {created[:10]}" if isinstance(created, str) else "date d'entraînement non inscrite"


def _provenance(manifest: Manifest) -> Iterator[str]:
    data, fit = manifest.get("data", {}), manifest.get("fit", {})
    if not data:
        yield "- table : non inscrite dans ce manifeste"
    for name, label in (
        ("table", "table"),
        ("sha256", "SHA-256 de la table"),
        ("n_corrections", "corrections incluses"),
    ):
        if name in data:
            yield f"- {label} : {data[name]}"
    yield f"- lignes d'apprentissage : {fit.get('n_train', 'non inscrites')}"
    yield f"- réglages : {', '.join(f'{name} {value}' for name, value in sorted(fit.items()) if name != 'n_train')}"
    libraries = manifest.get("libraries", {})
    yield f"- bibliothèques : {', '.join(f'{name} {version}' for name, version in sorted(libraries.items()))}"
    yield f"- empreinte du modèle : {manifest.get('model_sha256', 'non inscrite')}"


def _sets(sets: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield f"| jeu | n | {' | '.join(label for _, label in (*SET_FIGURES, *SET_INDICES))} |"
    yield "|---|---|" + "---|" * (len(SET_FIGURES) + len(SET_INDICES))
    for name, figures in sorted(sets.items()):
        shares = [_percent(figures.get(key)) for key, _ in SET_FIGURES]
        indices = [_number(figures.get(key)) for key, _ in SET_INDICES]
        yield f"| {SET_NAMES.get(name, name)} | {figures.get('n', '—')} | {' | '.join((*shares, *indices))} |"


def _subgroups(groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not groups:
        yield "Non mesurées : ce modèle a été écrit avant elles."
        return
    yield f"| groupe | n | {' | '.join(label for _, label in SET_FIGURES)} |"
    yield "|---|---|" + "---|" * len(SET_FIGURES)
    for figures in groups:
        cells = " | ".join(_interval(figures.get(key)) for key, _ in SET_FIGURES)
        yield f"| {figures['group']} | {figures['n']} | {cells} |"


def _calibration(points: Sequence[Mapping[str, float]]) -> Iterator[str]:
    if not points:
        yield "Non mesurée."
        return
    yield "| probabilité annoncée | part observée |"
    yield "|---|---|"
    for point in points:
        yield f"| {_percent(point['predicted'])} | {_percent(point['observed'])} |"


def _interval(told: Sequence[float] | None) -> str:
    if told is None:
        return "—"
    estimate, low, high = told
    return f"{_percent(estimate)} ({_percent(low)} à {_percent(high)})"


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.1f} %".replace(".", ",")


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}".replace(".", ",")
