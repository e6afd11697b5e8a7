"""The factory model: small, committed under ``models/factory/``, so that a first start serves at once.

``python -m triage_core.training.factory`` trains it; ``--check`` trains it again elsewhere and compares.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from triage_core.errors import MedTriageError
from triage_core.model.bundle import Bundle, load_bundle
from triage_core.model.card import CARD_FILE, card_of
from triage_core.model.manifest import MANIFEST_FILE, MODEL_FILE
from triage_core.training import dataset
from triage_core.training.fit import FitSettings, train_bundle

DATA = Path("data/raw/patients_synthetic.csv")
FOLDER = Path("models/factory")
VERSION = "factory-1"
TOLERANCE = 0.005  # between two x86-64 machines; on one machine the bytes are the same


def train_factory(data: Path, folder: Path) -> Bundle:
    """Train the factory model on the training part of a base table; deterministic."""
    train, frozen = dataset.split(dataset.read_table(data).frame)
    source = {"table": data.name, "sha256": hashlib.sha256(data.read_bytes()).hexdigest(), "n_corrections": 0}
    return train_bundle(train, folder, FitSettings(), VERSION, frozen=frozen, data=source)


def differing_metrics(one: Bundle, other: Bundle) -> tuple[str, ...]:
    """The names (``set.figure``) that differ by more than the tolerance between two bundles."""
    names = {f"{name}.{key}" for bundle in (one, other) for name, key in _figures(bundle)}
    first, second = _named(one), _named(other)
    return tuple(
        name
        for name in sorted(names)
        if name not in first or name not in second or abs(first[name] - second[name]) > TOLERANCE
    )


def check_factory(data: Path, folder: Path) -> tuple[bool, str]:
    """Whether training again gives the committed model, and what to tell."""
    committed = load_bundle(folder)
    if _card(folder) != card_of(committed.manifest):
        return False, f"{CARD_FILE} is not the card of this manifest"
    with tempfile.TemporaryDirectory() as elsewhere:
        again = train_factory(data, Path(elsewhere))
        if all((folder / f).read_bytes() == (Path(elsewhere) / f).read_bytes() for f in (MODEL_FILE, MANIFEST_FILE)):
            return True, "the same bytes"
    differing = differing_metrics(committed, again)
    if differing:
        return False, f"metrics differ by more than {TOLERANCE}: {', '.join(differing)}"
    return True, f"other bytes, the same metrics within {TOLERANCE}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train or check; 0 on success, 1 on a refusal it explains."""
    parser = argparse.ArgumentParser(prog="python -m triage_core.training.factory", description=__doc__)
    parser.add_argument("--check", action="store_true", help="train again elsewhere and compare")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    told = parser.parse_args(arguments)
    try:
        if told.check:
            is_same, message = check_factory(told.data, told.folder)
            sys.stdout.write(f"{message}\n")
            return 0 if is_same else 1
        bundle = train_factory(told.data, told.folder)
    except MedTriageError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(f"{bundle.version}: accuracy {bundle.manifest['metrics']['frozen']['accuracy']:.3f} (frozen)\n")
    return 0


def _card(folder: Path) -> str:
    path = folder / CARD_FILE
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _figures(bundle: Bundle) -> list[tuple[str, str]]:
    sets = bundle.manifest["metrics"]
    return [(name, key) for name, figures in sets.items() for key, value in figures.items() if not _is_table(value)]


def _named(bundle: Bundle) -> dict[str, float]:
    sets = bundle.manifest["metrics"]
    return {f"{name}.{key}": float(sets[name][key]) for name, key in _figures(bundle)}


def _is_table(value: object) -> bool:
    return not isinstance(value, (int, float))


if __name__ == "__main__":
    sys.exit(main())
