"""The digests of the journals, kept apart day by day and short enough to be printed and compared by eye."""

import hashlib
import logging
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import orjson

from feedback_store.chain import keyed
from feedback_store.journal import PRIVATE, make_folder, sync_folder
from feedback_store.ledger import Ledger

logger = logging.getLogger(__name__)

PRINTED = 16  # letters of a digest that are printed


@dataclass(frozen=True)
class HeadDigest:
    """How many lines of one journal were acknowledged, and the digest of the last one."""

    seq: int
    link: str


@dataclass(frozen=True)
class Digest:
    """All journals at one moment. ``code``: sixteen letters in groups of four, for paper."""

    heads: Mapping[str, HeadDigest]

    @property
    def code(self) -> str:
        """Changes with every line of every journal."""
        told = "|".join(f"{name}:{head.seq}:{head.link}" for name, head in sorted(self.heads.items()))
        return _in_groups(hashlib.sha256(told.encode()).hexdigest())

    @property
    def sheet(self) -> str:
        """For a sheet of paper: the last decision's number and how its link begins, ``1234-AB12-…``; or nothing."""
        head = self.heads.get("decisions")
        return "" if head is None else f"{head.seq}-{_in_groups(head.link)}"

    @property
    def lines(self) -> int:
        """How many lines of all journals this speaks of."""
        return sum(head.seq for head in self.heads.values())


def read_sheet(told: str) -> HeadDigest | None:
    """What a printed ``1234-AB12-CD34-EF56-7890`` says: a number, and how the link of that line begins."""
    number, _, letters = told.strip().lower().partition("-")
    link = letters.replace("-", "")
    is_right = number.isdecimal() and len(link) == PRINTED and not set(link) - set("0123456789abcdef")
    return HeadDigest(int(number), link) if is_right else None


def _in_groups(digest: str) -> str:
    letters = digest[:PRINTED].upper()
    return "-".join(letters[n : n + 4] for n in range(0, PRINTED, 4))


def digest_of(ledgers: Iterable[Ledger]) -> Digest:
    """The journals as they are now; those without a chained line are left out."""
    heads = {ledger.path.stem: head for ledger in ledgers if (head := ledger.current()) is not None and head.seq}
    return Digest({name: HeadDigest(head.seq, head.link) for name, head in heads.items()})


class DailyHeads:
    """``heads/YYYY-MM-DD.json``: the digests as the day began for us. Written once, never replaced."""

    def __init__(self, folder: Path, ledgers: tuple[Ledger, ...]) -> None:
        self._folder, self._ledgers = folder, ledgers
        self._kept: date | None = None

    def keep(self, today: date) -> None:
        """Write the day's file unless it is there; a failure is logged and tried again later, nothing waits for it."""
        if today == self._kept:
            return
        digest, key = digest_of(self._ledgers), self._ledgers[0].keys.find()
        if key is None or not digest.heads:
            return
        try:
            self._write(self._folder / f"{today.isoformat()}.json", digest, key)
            self._kept = today
        except OSError as fault:
            logger.warning("daily digest not kept: %s", fault.strerror)

    def wanted(self, name: str, key: bytes) -> tuple[dict[int, list[str]], tuple[str, ...]]:
        """What the kept files say of one journal, sequence number to link, and the files that are not what we wrote."""
        told: dict[int, list[str]] = {}
        damaged = []
        for path in sorted(self._folder.glob("????-??-??.json")):
            heads = _read(path, key)
            if heads is None:
                damaged.append(path.name)
            elif name in heads:
                told.setdefault(heads[name].seq, []).append(heads[name].link)
        return told, tuple(damaged)

    def _write(self, path: Path, digest: Digest, key: bytes) -> None:
        if path.exists():
            return
        make_folder(self._folder)
        told = {"day": path.stem, "code": digest.code, "heads": {n: asdict(h) for n, h in digest.heads.items()}}
        plain = orjson.dumps(told, option=orjson.OPT_INDENT_2)
        sealed = orjson.dumps(told | {"mac": keyed(key, plain)}, option=orjson.OPT_INDENT_2)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            os.write(descriptor, sealed + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with suppress(FileExistsError):  # of two writers one wins: what a day began with is never replaced
            os.link(draft, path)
        draft.unlink()
        sync_folder(self._folder)


def _read(path: Path, key: bytes) -> dict[str, HeadDigest] | None:
    try:
        told = orjson.loads(path.read_bytes())
        mac = told.pop("mac")
        if mac != keyed(key, orjson.dumps(told, option=orjson.OPT_INDENT_2)):
            return None
        return {name: HeadDigest(**head) for name, head in told["heads"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
