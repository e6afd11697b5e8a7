"""Reads protocol files into passages: a Markdown section or a PDF page each. A file that cannot be read is named."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

logger = logging.getLogger("medtriage")
ENDINGS = (".md", ".markdown", ".pdf")
LARGEST_BYTES = 20_000_000
MOST_PAGES = 500
LONGEST_PASSAGE = 20_000
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


@dataclass(frozen=True)
class Passage:
    """A piece of one file that can be cited: ``page`` of a PDF (from 1), ``section`` of a Markdown file."""

    file: str
    section: str | None
    page: int | None
    text: str


Reason = Literal["pdf", "text", "large", "closed", "empty"]


@dataclass(frozen=True)
class Unreadable:
    """A file left out, and why; the screens have the words of each reason."""

    file: str
    reason: Reason


Stamp = tuple[tuple[str, int, int], ...]


def stamp_of(folder: Path) -> Stamp:
    """Changes whenever a file of the folder does. Raises ``OSError`` for a folder that cannot be listed."""
    if not folder.exists():
        return ()
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink():
            told = path.stat()
            found.append((path.name, told.st_mtime_ns, told.st_size))
    return tuple(found)


def read_folder(folder: Path, stamp: Stamp) -> tuple[tuple[Passage, ...], tuple[Unreadable, ...]]:
    """Every passage of the files of a stamp, in order, and the files that gave none."""
    passages: list[Passage] = []
    unreadable: list[Unreadable] = []
    for name, _, size in stamp:
        try:
            found = list(_passages(folder / name, size))
        except Exception as fault:  # a PDF library may raise anything on a foreign file; it is told
            logger.warning("protocol_unreadable", exc_info=fault, extra={"fields": {"file": name}})
            unreadable.append(Unreadable(name, _reason(name, fault)))
            continue
        passages += found
        if not found:
            unreadable.append(Unreadable(name, "empty"))
    return tuple(passages), tuple(unreadable)


def _reason(name: str, fault: Exception) -> Reason:
    if isinstance(fault, OverflowError):
        return "large"
    if isinstance(fault, OSError):
        return "closed"
    return "pdf" if name.lower().endswith(".pdf") else "text"


def _passages(path: Path, size: int) -> Iterator[Passage]:
    if size > LARGEST_BYTES:
        raise OverflowError(f"{size} bytes")
    if path.suffix.lower() == ".pdf":
        yield from _pages(path)
    else:
        yield from _sections(path.name, path.read_text(encoding="utf-8-sig"))


def _pages(path: Path) -> Iterator[Passage]:
    from pypdf import PdfReader  # 0.3 s: only a department that keeps PDF files pays for it

    for number, page in enumerate(PdfReader(path).pages[:MOST_PAGES], start=1):
        text = page.extract_text().strip()
        if text:
            yield Passage(path.name, None, number, text[:LONGEST_PASSAGE])


def _sections(name: str, text: str) -> Iterator[Passage]:
    edges = [(0, 0, None), *((m.start(), m.end(), m.group(1)) for m in _HEADING.finditer(text)), (len(text), 0, None)]
    for (_, start, heading), (end, _, _) in pairwise(edges):
        body = text[start:end].strip()
        if body:
            yield Passage(name, heading, None, body[:LONGEST_PASSAGE])
