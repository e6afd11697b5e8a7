"""The hazard log as a document, generated from ``hazards*.toml``: ``python -m app.safety.describe [--check]``.

Fails when the document is stale or when a control names a test that does not exist.
"""

import argparse
import ast
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).with_name("hazards.toml")
CONTINUED = Path(__file__).with_name("hazards_added.toml")  # the same list, in a second file for its length
DOCUMENT = ROOT / "data" / "RISQUES.md"
HEAD = """# Dossier de sécurité clinique : registre des dangers

Document engendré par `python -m app.safety.describe` depuis `app/safety/hazards*.toml` ; ne pas le modifier à la main.
"""
SCALE = """Gravité : 1 négligeable, 2 mineure, 3 modérée, 4 majeure, 5 mort possible.
Probabilité, sans puis avec les mesures : 1 rare à 5 fréquente.
Risque : gravité x probabilité ; 12 et plus n'est pas acceptable sans mesure."""
NOT_ACCEPTABLE = 12


@dataclass(frozen=True)
class Control:
    """What is done against a hazard, and the tests that prove it."""

    text: str
    proofs: tuple[str, ...]


@dataclass(frozen=True)
class Hazard:
    """One way to do harm; ``severity``, ``likelihood`` and ``residual`` (likelihood with the controls) from 1 to 5."""

    id: str
    title: str
    cause: str
    harm: str
    severity: int
    likelihood: int
    residual: int
    status: str
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class HazardLog:
    """Intended purpose, warning, and every hazard in the order of the file."""

    purpose: str
    warning: str
    hazards: tuple[Hazard, ...]


def read_log(path: Path = SOURCE) -> HazardLog:
    """Read the file; ``KeyError`` names a part that is lacking, ``ValueError`` a rating that is not 1 to 5."""
    raw, more = (tomllib.loads(file.read_text(encoding="utf-8")) for file in (path, CONTINUED))
    hazards = tuple(map(_hazard, (*raw["danger"], *more["danger"])))
    return HazardLog(raw["usage_prevu"].strip(), raw["avertissement"].strip(), hazards)


def broken_links(log: HazardLog, root: Path = ROOT) -> tuple[str, ...]:
    """Every proof that is no test of the tree, and every hazard without a proof, in order."""
    unproven = [f"{hazard.id}: no control" for hazard in log.hazards if not hazard.controls]
    for hazard in log.hazards:
        for control in hazard.controls:
            unproven += [] if control.proofs else [f"{hazard.id}: a control without a test"]
            unproven += [f"{hazard.id}: {proof}" for proof in control.proofs if not _is_test(root, proof)]
    return tuple(unproven)


def document(log: HazardLog) -> str:
    """The whole document as Markdown."""
    parts = [HEAD, log.warning, "", "## Usage prévu", "", log.purpose, "", "## Échelles", "", SCALE, ""]
    parts += ["## Vue d'ensemble", "", *_overview(log.hazards), ""]
    for hazard in log.hazards:
        parts += _section(hazard)
    return "\n".join(parts).rstrip() + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; 0 on success, 1 with what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m app.safety.describe", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the document is stale or a link is broken")
    told = parser.parse_args(arguments)
    log = read_log()
    if broken := broken_links(log):
        sys.stderr.write("\n".join(("these controls are proven by no test:", *broken)) + "\n")
        return 1
    if not told.check:
        DOCUMENT.write_text(document(log), encoding="utf-8")
    elif not DOCUMENT.is_file() or DOCUMENT.read_text(encoding="utf-8") != document(log):
        sys.stderr.write(f"{DOCUMENT.name} is stale: run python -m app.safety.describe\n")
        return 1
    return 0


def _hazard(raw: Mapping[str, Any]) -> Hazard:
    ratings = [raw[name] for name in ("gravite", "probabilite", "residuelle")]
    if not all(isinstance(rating, int) and 1 <= rating <= 5 for rating in ratings):
        raise ValueError(f"{raw['id']}: ratings are whole numbers from 1 to 5, got {ratings}")
    return Hazard(
        id=raw["id"],
        title=raw["danger"],
        cause=raw["cause"],
        harm=raw["dommage"],
        severity=ratings[0],
        likelihood=ratings[1],
        residual=ratings[2],
        status=raw["statut"],
        controls=tuple(Control(told["texte"], tuple(told["preuves"])) for told in raw.get("mesure", [])),
    )


def _is_test(root: Path, proof: str) -> bool:
    file, _, name = proof.partition("::")
    return file.startswith("tests/") and name in _tests_of(root / file)


@cache
def _tests_of(path: Path) -> frozenset[str]:
    """The tests defined in a file, without importing it."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_"))


def _overview(hazards: Sequence[Hazard]) -> list[str]:
    rows = []
    for h in hazards:
        before, after = _risk(h.severity, h.likelihood), _risk(h.severity, h.residual)
        rows.append(f"| {h.id} | {h.title} | {h.severity} | {before} | {after} | {h.status} |")
    return ["| | danger | gravité | risque sans mesure | risque restant | statut |", "|---|---|---|---|---|---|", *rows]


def _risk(severity: int, likelihood: int) -> str:
    risk = severity * likelihood
    return f"**{risk}**" if risk >= NOT_ACCEPTABLE else str(risk)


def _section(hazard: Hazard) -> list[str]:
    lines = [f"## {hazard.id}. {hazard.title}", "", f"- Cause : {hazard.cause}", f"- Dommage : {hazard.harm}"]
    lines.append(f"- Gravité {hazard.severity}, probabilité {hazard.likelihood} sans mesure, {hazard.residual} avec")
    lines.append(f"- Statut : {hazard.status}")
    for control in hazard.controls:
        lines += ["", f"**Mesure.** {control.text}", "", *(f"- `{proof}`" for proof in control.proofs)]
    return [*lines, ""]


if __name__ == "__main__":
    sys.exit(main())
