"""What all faults ask of a journal afterwards: everything acknowledged is there, and verification tells the truth."""

from collections.abc import Iterable
from pathlib import Path

from feedback_store.keys import Keyring
from feedback_store.ledger import Ledger
from feedback_store.proof import Walk

NAME, KEY = "j.jsonl", "secret/key"


def journal(folder: Path) -> Ledger:
    """The journal of a folder, as a process that starts anew sees it."""
    return Ledger(folder / NAME, Keyring(folder / KEY))


def findings(folder: Path) -> list[str]:
    """What verification says, head included."""
    ledger = journal(folder)
    key = ledger.keys.find()
    if key is None:
        return []
    walk = Walk(ledger, key)
    found = [*walk.run(ledger.read_raw()), *walk.close(ledger.current())]
    told = [str(finding) for finding in found]
    return told if not ledger.head.path.exists() or ledger.head.is_sound(key) else [*told, "head damaged"]


def ids(folder: Path) -> list[object]:
    """The ids that readers get, in order."""
    return [line.record.get("id") for line in journal(folder).read() if line.record]


def lost(folder: Path, acknowledged: Iterable[str]) -> str:
    """What was acknowledged and is not there, or is there twice."""
    found = ids(folder)
    missing = set(acknowledged) - set(found)
    if missing:
        return f"{len(missing)} acknowledged record(s) lost: {sorted(missing)[:3]}"
    return "a record stands twice" if len(found) != len(set(found)) else ""


def unsound(folder: Path) -> str:
    """What verification finds, when it finds something."""
    return ", ".join(findings(folder)[:2])


def goes_on(folder: Path) -> str:
    """After anything, the next record is taken and read back, and everything verifies."""
    ledger, before = journal(folder), ids(folder)
    ledger.append({"id": "afterwards"})
    ledger.close()
    after = ids(folder)
    is_right = after[: len(before)] == before and after[-1] == "afterwards"
    return "" if is_right else "the next record is not behind the others"
