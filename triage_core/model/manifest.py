"""The manifest of a bundle: written in one canonical form, sealed by its own digest, refused when in doubt."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage_core.errors import BundleError
from triage_core.levels import Gravity
from triage_core.model.columns import COLUMNS, features_digest

MODEL_FILE, MANIFEST_FILE = "model.json", "manifest.json"
FORMAT = 1
LEVELS: tuple[str, ...] = tuple(gravity.value for gravity in Gravity)
Manifest = Mapping[str, Any]  # a JSON document


def read_manifest(folder: Path) -> Manifest:
    """The verified manifest of a bundle, without loading its model; raises ``BundleError``."""
    raw = read(folder / MANIFEST_FILE)
    try:
        manifest = json.loads(raw)
        is_sealed = isinstance(manifest, dict) and raw == sealed(manifest)
    except ValueError as fault:
        raise BundleError(f"{folder.name}: {MANIFEST_FILE} is not JSON") from fault
    if not is_sealed:
        raise BundleError(f"{folder.name}: {MANIFEST_FILE} was altered since it was written")
    _check_matches_code(folder.name, manifest)
    known: Manifest = manifest
    return known


def described_by_code(model: bytes) -> dict[str, object]:
    """The part of a manifest that no caller may choose: format, scale, features and the model's digest."""
    return {
        "format": FORMAT,
        "levels": list(LEVELS),
        "features": {"columns": list(COLUMNS), "digest": features_digest()},
        "model_sha256": sha256(model),
    }


def sealed(manifest: Manifest) -> bytes:
    """The only bytes a manifest of this content may have; a reader compares whole files."""
    content = {key: value for key, value in manifest.items() if key != "manifest_sha256"}
    return _canonical(content | {"manifest_sha256": sha256(_canonical(content))}) + b"\n"


def sha256(content: bytes) -> str:
    """The hexadecimal digest of some bytes."""
    return hashlib.sha256(content).hexdigest()


def read(path: Path) -> bytes:
    """The bytes of a file of a bundle; raises ``BundleError`` naming folder and file."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise BundleError(f"{path.parent.name}: {path.name} cannot be read ({fault.strerror})") from fault


def _check_matches_code(name: str, manifest: Manifest) -> None:
    if manifest.get("format") != FORMAT:
        raise BundleError(f"{name}: bundle format {manifest.get('format')}, this code reads {FORMAT}")
    if manifest.get("levels") != list(LEVELS):
        raise BundleError(f"{name}: levels {manifest.get('levels')}, wanted {list(LEVELS)}")
    features = manifest.get("features")
    columns = features.get("columns") if isinstance(features, dict) else None
    if columns != list(COLUMNS):
        differing = sorted(set(columns or ()) ^ set(COLUMNS)) or "the order"
        raise BundleError(f"{name}: the model is older than the features: columns differ in {differing}")
    if not isinstance(features, dict) or features.get("digest") != features_digest():
        raise BundleError(f"{name}: the model is older than the features: a reference interval or a scale changed")


def _canonical(content: Manifest) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
