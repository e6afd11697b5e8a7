"""The models on their shelf: which one is served, which wait, and the human act that changes it.

Reads plain files under ``models_dir``; MLflow, which only records, is told by a short process of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from app.overrides import Override, checked_reason, overrides
from feedback_store.ledger import Ledger
from triage_core.errors import BundleError, PromotionRefused
from triage_core.model.bundle import SHIPPED_FACTORY, served_folder, swap
from triage_core.model.manifest import read_manifest

CHAMPION, CHALLENGERS, FACTORY, HISTORY = "champion", "challengers", "factory", "history"
GATE_FILE, BUNDLE_FOLDER = "gate.json", "bundle"
REGISTRY_TIMEOUT_S = 45  # a locked store must not hold the page; importing MLflow alone takes 4 s

MoveAlias = Callable[[str, int | None], bool]
NoteOverride = Callable[[int, str, str | None], bool]


@dataclass(frozen=True)
class Gate:
    """What the gate said of a version; ``None`` for one that never went through it (the factory model)."""

    accepted: bool | None = None
    reasons: tuple[str, ...] = ()
    champion_version: str | None = None


@dataclass(frozen=True)
class VersionInfo:
    """One version on the shelf. ``alias`` is ``champion``, ``challenger``, or ``None``."""

    version: str
    alias: str | None
    created: str | None
    metrics: Mapping[str, Any]
    gate: Gate
    run_id: str | None
    registered_version: int | None = None
    folder: Path = field(default=Path(), repr=False)


@dataclass(frozen=True)
class Promotion:
    """What changed: the version now served, the one before it, and whether MLflow's alias followed."""

    version: str
    previous: str | None
    is_registered: bool


class ModelShelf:
    """Versions under ``models_dir``."""

    def __init__(
        self,
        models_dir: Path,
        promotions: Ledger,
        environment: Mapping[str, str] | None = None,
        move_alias: MoveAlias | None = None,
        note_override: NoteOverride | None = None,
    ) -> None:
        """``promotions`` keeps each act, ``environment`` is for the process that tells MLflow.

        The others tell another process, and whether it heard.
        """
        self._models_dir = models_dir
        self._move_alias = move_alias or partial(_tell_registry, models_dir, environment or {})
        self._note_override = note_override or partial(_tell_override, models_dir, environment or {})
        self._ledger = promotions

    def champion(self) -> Mapping[str, Any]:
        """The manifest of the served model; raises ``BundleError`` with the reason when none can be trusted."""
        return read_manifest(served_folder(self._models_dir))

    def versions(self) -> list[VersionInfo]:
        """Every version that can be read, newest first; a damaged folder is not on the shelf."""
        served = self._served_version()
        found: dict[str, VersionInfo] = {}
        for folder in self._folders():
            info = _describe(folder)
            if info is not None and info.version not in found:
                found[info.version] = info
        by_date = sorted(found.values(), key=lambda info: info.created or "", reverse=True)
        newest = next((i.version for i in by_date if i.gate.accepted and not self._was_served(i.version)), None)
        return [_with_alias(info, served, newest) for info in by_date]

    def history(self, version: str) -> tuple[Mapping[str, object], ...]:
        """What was done with a version, oldest first: each act as the ledger keeps it."""
        records = (line.record or {} for line in self._ledger.read())
        return tuple(record for record in records if record.get("version") == version)

    def promote(self, version: str | None = None, override: str | None = None, by: str | None = None) -> Promotion:
        """Serve a challenger that the gate accepted; the newest accepted one when no version is named.

        Raises ``PromotionRefused`` for an unknown version, one the gate refused, or one that was judged against
        another champion than the served one. ``override``, a written reason that is kept, serves a **named** version
        nevertheless; ``by`` is who does it.
        """
        if override is not None:
            return self._override(version, checked_reason(override), by)
        chosen = self._challenger(version)
        served = self._served_version()
        _refuse_unproven(chosen, served)
        return self._serve(chosen, served, "promote", by=by)

    def overrides(self) -> Mapping[str, Override]:
        """The versions that were served against the gate, and why."""
        return overrides(self._ledger.read())

    def previous(self) -> str | None:
        """The version that a rollback would serve; ``None`` when none was served before."""
        earlier = self._earlier()
        return earlier[-1] if earlier else None

    def rollback(self, by: str | None = None) -> Promotion:
        """Serve again what was served before the last promotion; ``PromotionRefused`` when there is nothing before.

        ``by`` is who does it.
        """
        earlier = self._earlier()
        if not earlier:
            raise PromotionRefused("no version was served before this one")
        target = next((info for info in self.versions() if info.version == earlier[-1]), None)
        if target is None:
            raise PromotionRefused(f"version {earlier[-1]} is no longer on the shelf")
        return self._serve(target, self._served_version(), "rollback", by=by)

    def _override(self, version: str | None, reason: str, by: str | None) -> Promotion:
        if version is None:
            raise PromotionRefused("an override names its version")
        chosen, served = self._challenger(version), self._served_version()
        if chosen.version == served:
            raise PromotionRefused(f"version {served} is served already")
        told = {"override": reason, "gate_reasons": list(chosen.gate.reasons)}
        promotion = self._serve(chosen, served, "promote", by=by, **told)
        number = chosen.registered_version
        is_noted = number is None or self._note_override(number, reason, by)
        return replace(promotion, is_registered=promotion.is_registered and is_noted)

    def _serve(self, info: VersionInfo, served: str | None, act: str, **more: object) -> Promotion:
        try:
            swap(info.folder, self._models_dir / CHAMPION, self._models_dir / HISTORY)
        except BundleError as damaged:
            raise PromotionRefused(str(damaged)) from damaged
        told = {"schema_version": 1, "timestamp": datetime.now(UTC).isoformat(), "act": act}
        self._ledger.append(told | {"version": info.version, "previous": served} | more)
        return Promotion(info.version, served, self._move_alias(CHAMPION, info.registered_version))

    def _challenger(self, version: str | None) -> VersionInfo:
        waiting = [info for info in self.versions() if info.gate.accepted is not None]
        if version is None:
            waiting = [info for info in waiting if info.alias == "challenger"]
        found = next((info for info in waiting if version in (None, info.version, str(info.registered_version))), None)
        if found is None:
            raise PromotionRefused("no accepted challenger waits" if version is None else f"no version {version}")
        return found

    def _served_version(self) -> str | None:
        try:
            return str(self.champion()["version"])
        except BundleError:
            return None

    def _earlier(self) -> list[str]:
        """What was served before, oldest first: a promotion adds to it, a rollback takes the last away."""
        earlier: list[str] = []
        for line in self._ledger.read():
            record = line.record or {}
            if record.get("act") == "promote" and isinstance(previous := record.get("previous"), str):
                earlier.append(previous)
            elif record.get("act") == "rollback" and earlier:
                earlier.pop()
        return earlier

    def _was_served(self, version: str) -> bool:
        return any((line.record or {}).get("version") == version for line in self._ledger.read())

    def _folders(self) -> Iterator[Path]:
        """Where bundles lie; a version's own folder before the copies made of it."""
        yield from self._models_dir.glob(f"{CHALLENGERS}/*/{BUNDLE_FOLDER}")
        own = self._models_dir / FACTORY
        yield own if own.is_dir() else SHIPPED_FACTORY
        yield self._models_dir / CHAMPION
        yield from (path for path in self._models_dir.glob(f"{HISTORY}/*") if path.is_dir())


def _refuse_unproven(chosen: VersionInfo, served: str | None) -> None:
    if chosen.version == served:
        raise PromotionRefused(f"version {served} is served already")
    if not chosen.gate.accepted:
        raise PromotionRefused(f"the gate refused version {chosen.version}: {'; '.join(chosen.gate.reasons)}")
    if served is not None and chosen.gate.champion_version not in (None, served):
        raise PromotionRefused(
            f"version {chosen.version} was judged against {chosen.gate.champion_version}, but {served} is served: "
            "train again"
        )


def _describe(folder: Path) -> VersionInfo | None:
    try:
        manifest = read_manifest(folder)
    except BundleError:
        return None
    told = _read_gate(folder.parent / GATE_FILE) if folder.name == BUNDLE_FOLDER else {}
    accepted, registered = told.get("accepted"), told.get("registered_version")
    reasons, against, run_id = told.get("reasons"), told.get("champion_version"), told.get("run_id")
    metrics = manifest.get("metrics")
    return VersionInfo(
        version=str(manifest["version"]),
        alias=None,
        created=_created(manifest) or (_written_at(folder.parent / GATE_FILE) if told else None),
        metrics=metrics if isinstance(metrics, dict) else {},
        gate=Gate(
            accepted if isinstance(accepted, bool) else None,
            tuple(map(str, reasons)) if isinstance(reasons, list) else (),
            against if isinstance(against, str) else None,
        ),
        run_id=run_id if isinstance(run_id, str) else None,
        registered_version=registered if isinstance(registered, int) else None,
        folder=folder,
    )


def _with_alias(info: VersionInfo, served: str | None, newest: str | None) -> VersionInfo:
    alias = CHAMPION if info.version == served else "challenger" if info.version == newest else None
    return info if alias is None else VersionInfo(**{**vars(info), "alias": alias})


def _created(manifest: Mapping[str, Any]) -> str | None:
    """When a model was trained (ISO, UTC); the factory model bears no date, so that its bytes can be made again."""
    created = manifest.get("created")
    return created if isinstance(created, str) else None


def _written_at(path: Path) -> str | None:
    """When a verdict was written: the date of a version whose manifest bears none."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat() if path.is_file() else None


def _read_gate(path: Path) -> dict[str, object]:
    """The gate's verdict; a missing or damaged one accepts nothing."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"accepted": False, "reasons": [f"{GATE_FILE} cannot be read"]}
    return told if isinstance(told, dict) else {"accepted": False, "reasons": [f"{GATE_FILE} is not an object"]}


def _tell_registry(models_dir: Path, environment: Mapping[str, str], alias: str, version: int | None) -> bool:
    """Move an alias in MLflow from a process of its own: importing it here would cost 170 MB for ever."""
    return _run_registry(models_dir, environment, alias, "none" if version is None else str(version))


def _tell_override(models_dir: Path, environment: Mapping[str, str], version: int, reason: str, by: str | None) -> bool:
    """Note on the registered version why it was served against the gate."""
    return _run_registry(models_dir, environment, "override", str(version), reason, by or "")


def _run_registry(models_dir: Path, environment: Mapping[str, str], *told: str) -> bool:
    command = [sys.executable, "-m", "triage_core.training.registry", str(models_dir), *told]
    try:
        ended = subprocess.run(  # noqa: S603 - our own module, arguments as a list
            command, capture_output=True, timeout=REGISTRY_TIMEOUT_S, env=os.environ | dict(environment), check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
