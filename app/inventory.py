"""All software inside: the licence of each library of the lock (``LICENCES.md``), and a CycloneDX list on demand.

python -m app.inventory [--check | --sbom FILE]
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from app.settings import ROOT

LOCK, TARGET = ROOT / "requirements.lock", ROOT / "LICENCES.md"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_LONGEST = 60  # some write the whole licence where its name belongs
_HEAD = """# Licences of the libraries inside

Written by `python -m app.inventory` from `requirements.lock` and what each library says of itself; do not edit.
Every library is pinned, and checked by its digest when it is installed.

| library | version | licence |
|---|---|---|
"""


def licences() -> str:
    """The whole file. A library that this Python does not need keeps the line it had."""
    known = {name: licence for name, _, licence in _ROW.findall(_written())}
    return _HEAD + "".join(f"| {name} | {version} | {_licence(name, known)} |\n" for name, version in pinned())


def pinned() -> Iterator[tuple[str, str]]:
    """Name and version of every library of the lock."""
    yield from _PINNED.findall(LOCK.read_text(encoding="utf-8"))


def unhashed() -> tuple[str, ...]:
    """Libraries of the lock without a digest; there must be none."""
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", LOCK.read_text(encoding="utf-8"))
    return tuple(part.split("==")[0] for part in parts if "==" in part and "--hash=sha256:" not in part)


def write_sbom(target: Path) -> None:
    """The same list for machines: CycloneDX 1.6, without the addresses of any registry or project."""
    program = [
        sys.executable,
        "-m",
        "cyclonedx_py",
        "requirements",
        str(LOCK),
        "--sv",
        "1.6",
        "--of",
        "JSON",
        "-o",
        "-",
    ]
    told = subprocess.run(program, capture_output=True, check=True, text=True).stdout  # noqa: S603 - fixed program
    target.write_text(json.dumps(_without_addresses(json.loads(told)), indent=1) + "\n", encoding="utf-8")


def _without_addresses(part: object) -> object:
    if isinstance(part, dict):
        return {key: _without_addresses(value) for key, value in part.items() if key != "externalReferences"}
    return [_without_addresses(value) for value in part] if isinstance(part, list) else part


def _licence(name: str, known: dict[str, str]) -> str:
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return known.get(name, "not installed here")
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    expressions, texts = (told.get_all(field) or () for field in ("License-Expression", "License"))
    written = (*expressions, " ; ".join(classes), *texts)
    named = next((text for text in written if text and "\n" not in text and len(text) <= _LONGEST), "")
    return named.replace("|", "/").strip() or "see the library"


def _written() -> str:
    return TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""


def main(arguments: list[str]) -> int:
    """Write the list, say whether it is fresh, or write the SBOM."""
    match arguments:
        case []:
            TARGET.write_text(licences(), encoding="utf-8")
        case ["--check"] if _written() != licences():
            print(f"{TARGET.name} is stale: python -m app.inventory", file=sys.stderr)
            return 1
        case ["--check"]:
            pass
        case ["--sbom", target]:
            write_sbom(Path(target))
            print(target)
        case _:
            print("usage: python -m app.inventory [--check | --sbom FILE]", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
