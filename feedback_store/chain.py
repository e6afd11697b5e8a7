"""One line of a journal that proves itself: how it is written, read back, judged and emptied. Touches no file.

``{"seq":n,"prev":…,"salt":…,"mac":…,<the record>}``: still one JSON object. The digest that the next line bears is
taken over ``seq``, ``prev`` and ``mac`` alone, so that a record and its salt can be erased and the chain still holds.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

CHAIN_FIELDS = ("seq", "prev", "salt", "mac")
MIN_BODY = 24  # a tombstone must fit in the place of the shortest line: offsets stay what they were

_SEQ, _DIGEST, _HALF = rb'"seq":([1-9][0-9]{0,17})', rb"([0-9a-f]{64})", rb"([0-9a-f]{32})"
_LIVE = re.compile(
    rb"\{"
    + _SEQ
    + rb',"prev":"'
    + _DIGEST
    + rb'","salt":"'
    + _HALF
    + rb'","mac":"'
    + _DIGEST
    + rb'"((?: *|,[^\n]*))\}\n'
)
_PURGED_ON = rb'"purged":"([0-9]{4}-[0-9]{2}-[0-9]{2})"'
_TOMB = re.compile(
    rb"\{" + _SEQ + rb',"prev":"' + _DIGEST + rb'","mac":"' + _DIGEST + rb'",' + _PURGED_ON + rb',"seal":"' + _HALF
    + rb'" *\}\n'
)  # fmt: skip
_OLD_TOMB = re.compile(rb"\{" + _PURGED_ON + rb',"was":"' + _DIGEST + rb'","seal":"' + _HALF + rb'" *\}\n')


@dataclass(frozen=True, slots=True)
class Chained:
    """The chain fields of one line, and whether they are what the key makes of them."""

    seq: int
    prev: str
    mac: str
    is_own: bool
    is_purged: bool = False

    @property
    def link(self) -> str:
        """What the next line must bear as ``prev``."""
        return link_of(self.seq, self.prev, self.mac)


def link_of(seq: int, prev: str, mac: str) -> str:
    """The digest of a line: of its place in the chain and of the digest of its payload."""
    return hashlib.sha256(f"{seq}|{prev}|{mac}".encode()).hexdigest()


def seal_line(key: bytes, seq: int, prev: str, payload: bytes) -> tuple[bytes, str]:
    """The line of one record (a JSON object as bytes) and its link."""
    record, salt = payload[1:-1], secrets.token_hex(16)
    body = (b"," + record if record else b"").ljust(MIN_BODY)
    mac = _mac(key, f"{seq}|{prev}|{salt}|".encode() + body)
    head = f'{{"seq":{seq},"prev":"{prev}","salt":"{salt}","mac":"{mac}"'
    return head.encode() + body + b"}\n", link_of(seq, prev, mac)


def read_chain(raw: bytes, key: bytes) -> Chained | None:
    """The chain fields of a whole line; ``None`` when it does not have the shape of a chained one."""
    if live := _LIVE.fullmatch(raw):
        seq, prev, salt, mac, body = live.groups()
        told = b"%b|%b|%b|%b" % (seq, prev, salt, body)
        return Chained(int(seq), prev.decode(), mac.decode(), hmac.compare_digest(_mac(key, told), mac.decode()))
    if tomb := _TOMB.fullmatch(raw):
        seq, prev, mac, day, seal = (part.decode() for part in tomb.groups())
        is_own = hmac.compare_digest(_seal(key, f"{seq}|{prev}|{mac}|{day}"), seal)
        return Chained(int(seq), prev, mac, is_own, is_purged=True)
    return None


def tombstone(raw: bytes, key: bytes, day: str) -> bytes:
    """A line emptied of record and salt, of the same length wherever it can be; ``day`` is YYYY-MM-DD.

    A line that was never chained keeps a keyed digest of what it was instead of its place.
    """
    if live := _LIVE.fullmatch(raw):
        seq, prev, _, mac, _ = (part.decode() if part else "" for part in live.groups())
        seal = _seal(key, f"{seq}|{prev}|{mac}|{day}")
        told = f'{{"seq":{seq},"prev":"{prev}","mac":"{mac}","purged":"{day}","seal":"{seal}"'
    else:
        was = digest_of_unchained(raw, key)
        told = f'{{"purged":"{day}","was":"{was}","seal":"{_seal(key, f"{was}|{day}")}"'
    return told.encode().ljust(len(raw) - 2) + b"}\n"


def is_tombstone(raw: bytes) -> bool:
    """Whether a line was emptied by a purge."""
    return bool(_TOMB.fullmatch(raw) or _OLD_TOMB.fullmatch(raw))


def digest_of_unchained(raw: bytes, key: bytes) -> str:
    """The keyed digest of a line without chain fields; of what it was, once purged."""
    old = _OLD_TOMB.fullmatch(raw)
    if old:
        day, was, seal = (part.decode() for part in old.groups())
        if hmac.compare_digest(_seal(key, f"{was}|{day}"), seal):
            return was
    return _mac(key, b"unchained|" + raw)


class Genesis:
    """What the first chained line bears as ``prev``: the digest of all that was there before the chain."""

    def __init__(self) -> None:
        self._everything = hashlib.sha256(b"medtriage")

    def add(self, raw: bytes, key: bytes) -> None:
        """Take in one line without chain fields."""
        self._everything.update(digest_of_unchained(raw, key).encode())

    @property
    def link(self) -> str:
        """The digest of all lines so far."""
        return self._everything.hexdigest()


def keyed(key: bytes, told: bytes) -> str:
    """A keyed digest of small files of ours (head, checkpoint, daily digests)."""
    return _mac(key, b"file|" + told)


def _mac(key: bytes, told: bytes) -> str:
    return hmac.digest(key, told, "sha256").hex()


def _seal(key: bytes, told: str) -> str:
    return _mac(key, b"purged|" + told.encode())[:32]
