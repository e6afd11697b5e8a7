"""Full-text search over the protocols with French stemming (Snowball) and BM25 (SQLite FTS5), all in memory.

The folder is looked at before every search; a change is read in the background while the old index still answers.
"""

import logging
import re
import sqlite3
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.protocols.reading import Passage, Stamp, Unreadable, read_folder, stamp_of

if TYPE_CHECKING:
    from Stemmer import Stemmer

logger = logging.getLogger("medtriage")
EXCERPT = 320  # characters shown of a passage
_WORD = re.compile(r"[a-z0-9]+")
_EMPTY_WORDS = """a au aux avec ce ces dans de des du elle en et est il la le les leur lui ma mais me mes ne nos ou par
pas pour qu que qui sa sans se ses son sur un une the of and or in to with for is are"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True)
class Hit:
    """A passage that speaks of what was asked, and the part of it that does so most."""

    passage: Passage
    excerpt: str


@dataclass(frozen=True)
class _Index:
    stamp: Stamp
    passages: tuple[Passage, ...]
    unreadable: tuple[Unreadable, ...]
    database: sqlite3.Connection


class ProtocolLibrary:
    """The protocols of one folder; safe for threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._index: _Index | None = None
        self.fault: str | None = None  # why the folder itself cannot be read

    def search(self, words: str, limit: int = 3) -> tuple[Hit, ...]:
        """The passages nearest to some words, best first; none without protocols or without a word that stands."""
        self._notice_changes()
        asked = stems(words)
        index = self._index
        if index is None or not asked:
            return ()
        query = " OR ".join(f'"{stem}"' for stem in dict.fromkeys(asked))
        with self._lock:
            rows = index.database.execute(
                "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (query, limit)
            ).fetchall()
        found = (index.passages[rowid - 1] for (rowid,) in rows)
        return tuple(Hit(passage, _excerpt(passage.text, frozenset(asked))) for passage in found)

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """The files of the folder that could not be read."""
        return () if self._index is None else self._index.unreadable

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to search."""
        return self._index is None or not self._index.passages

    def refresh(self) -> None:
        """Read the folder now if it changed; a folder that cannot be listed leaves the index and sets ``fault``."""
        with self._building:
            stamp = self._stamp()
            if stamp is None or (self._index is not None and self._index.stamp == stamp):
                return
            passages, unreadable = read_folder(self.folder, stamp)
            self._index = _Index(stamp, passages, unreadable, _database(passages))
        logger.info("protocols_read", extra={"fields": {"passages": len(passages), "unreadable": len(unreadable)}})

    def _notice_changes(self) -> None:
        stamp = self._stamp()
        if stamp is not None and (self._index is None or self._index.stamp != stamp) and not self._building.locked():
            threading.Thread(target=self.refresh, name="protocols", daemon=True).start()

    def _stamp(self) -> Stamp | None:
        try:
            stamp = stamp_of(self.folder)
        except OSError as fault:
            self.fault = str(fault.strerror)
            return None
        self.fault = None
        return stamp


def stems(text: str) -> list[str]:
    """The stems of a text in order: no accents, no case, no empty words."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe")).encode("ascii", "ignore").decode()
    words = [word for word in _WORD.findall(plain) if word not in _EMPTY and (len(word) > 1 or word.isdigit())]
    found: list[str] = _stemmer().stemWords(words)
    return found


@cache
def _stemmer() -> "Stemmer":
    from Stemmer import Stemmer

    return Stemmer("french")


def _database(passages: tuple[Passage, ...]) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.execute("CREATE VIRTUAL TABLE passages USING fts5(title, body)")
    rows = ((" ".join(stems(f"{Path(p.file).stem} {p.section or ''}")), " ".join(stems(p.text))) for p in passages)
    database.executemany("INSERT INTO passages (title, body) VALUES (?, ?)", rows)
    return database


def _excerpt(text: str, asked: frozenset[str]) -> str:
    """The stretch of a passage with the most of what was asked."""
    sentences = [s.strip() for s in re.split(r"(?<=[.!?;:])\s+|\n+", text) if s.strip()]
    best = max(range(len(sentences)), key=lambda place: (len(asked & set(stems(sentences[place]))), -place))
    shown = " ".join(sentences[best:])
    return shown if len(shown) <= EXCERPT else shown[:EXCERPT].rsplit(" ", 1)[0] + " …"
