"""A model on disk: ``model.json`` (XGBoost's native file) and ``manifest.json`` (all that is needed to trust it).

A model that read free text has ``words.json`` beside them. No pickle. All files carry digests; a
bundle that was altered, or built on other features, is refused.
"""

import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from triage_core.errors import BundleError
from triage_core.levels import Gravity
from triage_core.model.columns import motif_code
from triage_core.model.manifest import (
    LEVELS,
    MANIFEST_FILE,
    MODEL_FILE,
    Manifest,
    described_by_code,
    read,
    read_manifest,
    sealed,
    sha256,
)
from triage_core.model.ordinal import Calibrator
from triage_core.model.replace import previous_of, remove_leftovers, replace_folder
from triage_core.model.words import WORDS_FILE, WordScorer, read_scorer

if TYPE_CHECKING:
    import xgboost

CHAMPION, FACTORY = "champion", "factory"
SHIPPED_FACTORY = Path(__file__).parents[2] / "models" / FACTORY  # a models folder of its own starts with this one
_TRIES = 3
_WORDS_DIGEST = "words_sha256"
Stamp = tuple[tuple[str, int, int, int], ...]
_SAFE_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}")


@dataclass(frozen=True)
class Bundle:
    """A loaded, verified model: the booster, its calibrators, and what was written about it."""

    version: str
    manifest: Manifest
    booster: "xgboost.Booster"
    calibrators: tuple[Calibrator, ...]
    thresholds: Mapping[Gravity, float]
    prior_of_code: Mapping[float, float]
    motif_of_code: Mapping[float, str]
    words: WordScorer | None = None  # None: trained on a table without free text


def load_bundle(folder: Path) -> Bundle:
    """Read and verify a bundle; raises ``BundleError`` when it is absent, altered or built on other features."""
    manifest = read_manifest(folder)
    model = read(folder / MODEL_FILE)
    if sha256(model) != manifest.get("model_sha256"):
        raise BundleError(f"{folder.name}: {MODEL_FILE} is not the file its manifest describes")
    words = _read_words(folder, manifest)
    try:
        return _assemble(manifest, model, words)
    except (KeyError, TypeError, ValueError) as fault:
        raise BundleError(f"{folder.name}: the manifest is incomplete ({fault})") from fault


def write_bundle(folder: Path, model: bytes, manifest: Manifest, words: bytes | None = None) -> None:
    """Write the files. ``manifest`` lacks only format, levels, features and digests, which are added here.

    ``model`` is XGBoost's JSON, ``words`` that of a ``WordScorer``.
    The folder is made; a version that is not a safe folder name is a ``BundleError``.
    """
    version = manifest.get("version")
    if not isinstance(version, str) or not _SAFE_VERSION.fullmatch(version):
        raise BundleError(f"a version is letters, digits, dots and dashes, got {version!r}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL_FILE).write_bytes(model)
    told = dict(manifest) | described_by_code(model)
    if words is not None:
        (folder / WORDS_FILE).write_bytes(words)
        told[_WORDS_DIGEST] = sha256(words)
    (folder / MANIFEST_FILE).write_bytes(sealed(told))


def served_folder(models_dir: Path) -> Path:
    """The folder that is served: the champion, else the factory model of a first start.

    A champion that exists and is broken is still the answer: its reason is told, no other model slips in.
    """
    return Path(_served(models_dir))


def _served(models_dir: Path) -> str:
    *wanted, shipped = _may_be_served(models_dir)
    return next(filter(os.path.isdir, wanted), shipped)


@lru_cache(maxsize=4)
def _may_be_served(models_dir: Path) -> tuple[str, ...]:
    """In order of preference, as text: asked before every prediction, where making a Path costs more than asking."""
    champion = models_dir / CHAMPION
    # The second only stands between the two renames of a system that cannot exchange folders.
    return str(champion), str(previous_of(champion)), str(models_dir / FACTORY), str(SHIPPED_FACTORY)


def load_served(models_dir: Path) -> Bundle:
    """Load the served bundle; raises ``BundleError`` with the reason when there is none that can be trusted."""
    for _ in range(_TRIES):
        before = bundle_stamp(models_dir)
        try:
            return load_bundle(served_folder(models_dir))
        except BundleError:
            if bundle_stamp(models_dir) == before:  # else it was swapped between the reading of its two files
                raise
    return load_bundle(served_folder(models_dir))


def bundle_stamp(models_dir: Path) -> Stamp:
    """Changes whenever the served files do; a few ``stat`` calls, cheap enough before every prediction."""
    return folder_stamp(_served(models_dir))


def folder_stamp(folder: Path | str) -> Stamp:
    """The same for one bundle's own folder, wherever it lies."""
    return tuple(_stamp_of(f"{folder}/{name}") for name in (MANIFEST_FILE, MODEL_FILE, WORDS_FILE))


def swap(source: Path, champion_dir: Path, history_dir: Path) -> str:
    """Make a copy of ``source`` the champion; the old one stays in ``history_dir/<version>``. Returns the new version.

    The source is verified first (``BundleError``). Power may fail at any point: the champion is the old or the new.
    """
    champion_dir.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(champion_dir.parent / f"{champion_dir.name}.lock"):
        version = load_bundle(source).version
        remove_leftovers(champion_dir)
        if champion_dir.is_dir():
            _keep(champion_dir, history_dir)
        replace_folder(source, champion_dir)
    return version


def _keep(champion: Path, history: Path) -> None:
    """Copy the champion into the history before it is replaced; one that cannot be read is kept aside as it is."""
    try:
        version = str(read_manifest(champion)["version"])
    except BundleError:
        version = f"illisible-{uuid.uuid4().hex[:8]}"
    kept = history / version
    if kept.is_dir() and not _is_same(kept, champion):
        kept = history / f"{version}-{uuid.uuid4().hex[:8]}"
    if not kept.is_dir():
        history.mkdir(parents=True, exist_ok=True)
        replace_folder(champion, kept)


def _is_same(one: Path, other: Path) -> bool:
    return all(
        (one / name).is_file() and (other / name).is_file() and (one / name).read_bytes() == (other / name).read_bytes()
        for name in (MANIFEST_FILE, MODEL_FILE)
    )


def _read_words(folder: Path, manifest: Manifest) -> bytes | None:
    """The verified words of a bundle that has some."""
    if _WORDS_DIGEST not in manifest:
        return None
    words = read(folder / WORDS_FILE)
    if sha256(words) != manifest[_WORDS_DIGEST]:
        raise BundleError(f"{folder.name}: {WORDS_FILE} is not the file its manifest describes")
    return words


def _assemble(manifest: Manifest, model: bytes, words: bytes | None) -> Bundle:
    import xgboost  # 0.5 s: only a process that serves or trains pays for it

    booster = xgboost.Booster(params={"nthread": 1})
    try:
        booster.load_model(bytearray(model))
    except xgboost.core.XGBoostError as fault:
        raise ValueError("XGBoost cannot read the model") from fault
    prior, thresholds = _numbers(manifest["motif_prior"]), _numbers(manifest["thresholds"])
    return Bundle(
        version=str(manifest["version"]),
        manifest=manifest,
        booster=booster,
        calibrators=_calibrators(manifest["calibrators"]),
        thresholds={gravity: thresholds[gravity.value] for gravity in list(Gravity)[1:]},
        prior_of_code={motif_code(motif_id): value for motif_id, value in prior.items()},
        motif_of_code={motif_code(motif_id): motif_id for motif_id in prior},
        words=None if words is None else read_scorer(words, len(LEVELS) - 1),
    )


def _calibrators(told: object) -> tuple[Calibrator, ...]:
    if not isinstance(told, list) or len(told) != len(LEVELS) - 1:
        raise ValueError(f"wanted {len(LEVELS) - 1} calibrators")
    return tuple(Calibrator(tuple(curve["x"]), tuple(curve["y"])) for curve in told)


def _numbers(told: object) -> dict[str, float]:
    if not isinstance(told, dict):
        raise TypeError("wanted an object of numbers")
    return {str(name): float(value) for name, value in told.items()}


def _stamp_of(path: str) -> tuple[str, int, int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116 - as above, no Path is made here
    except OSError:
        return path, 0, 0, 0
    return path, found.st_ino, found.st_mtime_ns, found.st_size
