"""What verification says of a journal that is not what it was: which line, and what happened to it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_store.keys import Keyring
from feedback_store.ledger import Ledger
from feedback_store.proof import Finding, Kind, Walk

Lines = list[bytes]
OLD = b'{"id":"old","reason":"before chains"}\n'


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "j.jsonl", Keyring(tmp_path / "secrets" / "key"))


@pytest.fixture
def seven(ledger: Ledger) -> Ledger:
    """Two lines older than chains, then five chained ones."""
    ledger.path.write_bytes(OLD * 2)
    for number in range(1, 6):
        ledger.append({"id": number, "texte": "é" * number})
    return ledger


def verify(ledger: Ledger) -> list[Finding]:
    walk = Walk(ledger, ledger.keys.need())
    return [*walk.run(ledger.read_raw()), *walk.close(ledger.current())]


def told(ledger: Ledger) -> list[tuple[Kind, int, int]]:
    """Kind, line and sequence number of every finding."""
    return [(found.kind, found.line, found.seq) for found in verify(ledger)]


def changed(ledger: Ledger, change: Callable[[Lines], Lines]) -> None:
    ledger.path.write_bytes(b"".join(change(ledger.path.read_bytes().splitlines(keepends=True))))


def test_a_sound_journal_has_no_findings_and_its_old_lines_are_counted(seven: Ledger) -> None:
    walk = Walk(seven, seven.keys.need())
    assert [*walk.run(seven.read_raw()), *walk.close(seven.current())] == []
    assert (walk.unchained, walk.seq) == (2, 5)


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (lambda x: [*x[:4], x[4].replace(b'"id":3', b'"id":9'), *x[5:]], (Kind.ALTERED, 5, 3)),
        (lambda x: [*x[:4], b"\xff\n", *x[5:]], (Kind.ALTERED, 5, 3)),
        (lambda x: [*x[:2], x[2].replace(b'"id":1', b'"id":9'), *x[3:]], (Kind.ALTERED, 3, 1)),
        (lambda x: [*x[:6], x[6].replace(b'"id":5', b'"id":9')], (Kind.ALTERED, 7, 5)),
        (lambda x: [x[0], x[1].replace(b"before", b"behind"), *x[2:]], (Kind.ALTERED, 3, 0)),
        (lambda x: [*x[:4], *x[5:]], (Kind.MISSING, 5, 3)),
        (lambda x: [*x[:3], *x[6:]], (Kind.MISSING, 4, 2)),
        (lambda x: x[3:], (Kind.MISSING, 1, 1)),
        (lambda x: x[:-1], (Kind.MISSING, 0, 5)),
        (lambda x: x[:2], (Kind.ALTERED, 2, 1)),
        (lambda x: [*x[:3], x[4], x[3], *x[5:]], (Kind.SWAPPED, 4, 3)),
        (lambda x: [*x[:3], x[5], x[4], x[3], x[6]], (Kind.SWAPPED, 4, 4)),
        (lambda x: [*x[:5], x[4], *x[5:]], (Kind.DUPLICATED, 6, 3)),
        (lambda x: [*x, x[4]], (Kind.DUPLICATED, 8, 3)),
        (lambda x: [*x[:4], OLD, *x[4:]], (Kind.FOREIGN, 5, 0)),
        (lambda x: [*x, OLD], (Kind.FOREIGN, 8, 0)),
        (lambda x: [*x, b'{"half'], (Kind.TORN, 8, 0)),
        (lambda x: [*x[:6], x[6].replace(b'"id":5', b'"id":9'), OLD], (Kind.ALTERED, 7, 5)),
    ],
)
def test_the_first_line_that_is_wrong_is_named(
    seven: Ledger, change: Callable[[Lines], Lines], first: tuple[Kind, int, int]
) -> None:
    changed(seven, change)
    assert first in told(seven)
    assert told(seven)[0] == first or first[0] in (Kind.ALTERED, Kind.FOREIGN)


def test_two_swapped_lines_are_told_as_swapped_and_nothing_as_missing(seven: Ledger) -> None:
    changed(seven, lambda x: [*x[:3], x[4], x[3], *x[5:]])
    assert {kind for kind, _, _ in told(seven)} == {Kind.SWAPPED}


def test_a_line_that_comes_later_than_it_should_is_found_missing_then_swapped(seven: Ledger) -> None:
    changed(seven, lambda x: [*x[:3], x[4], OLD, x[5], x[3], x[6]])
    kinds = [kind for kind, _, _ in told(seven)]
    assert Kind.MISSING in kinds and Kind.SWAPPED in kinds


def test_many_missing_lines_are_one_finding(ledger: Ledger) -> None:
    for number in range(1_100):
        ledger.append({"id": number})
    changed(ledger, lambda x: [x[0], x[-1]])
    (found,) = verify(ledger)
    assert (found.kind, found.seq, found.said) == (Kind.MISSING, 2, "1098 lines, to seq 1099")


def test_a_line_of_another_history_does_not_follow_ours(seven: Ledger, tmp_path: Path) -> None:
    """Someone who has the key replaces the last but one line; its own digest is right."""
    other = Ledger(tmp_path / "other" / "j.jsonl", seven.keys)
    for number in range(5):
        other.append({"id": number})
    forged = other.path.read_bytes().splitlines(keepends=True)[3]
    changed(seven, lambda x: [*x[:5], forged, x[6]])
    assert told(seven)[0] == (Kind.ALTERED, 6, 4)


def test_an_end_of_another_history_is_not_what_the_head_tells(seven: Ledger) -> None:
    before = seven.path.read_bytes()
    head = seven.head.path.read_bytes()
    seven.append({"id": 6})
    seven.path.write_bytes(before)
    seven.head.path.write_bytes(head)
    restarted = Ledger(seven.path, seven.keys)
    restarted.append({"id": "another"})
    ours = seven.head.path.read_bytes()
    seven.path.write_bytes(before)
    seven.head.path.write_bytes(head)
    Ledger(seven.path, seven.keys).append({"id": "a third"})
    seven.head.path.write_bytes(ours)
    assert told(seven) == [(Kind.ALTERED, 8, 6)]


def test_lines_without_a_head_are_told(seven: Ledger) -> None:
    seven.head.path.unlink()
    assert [found.kind for found in verify(seven)] == [Kind.HEAD]


def test_a_finding_is_told_with_file_bytes_line_number_and_kind(seven: Ledger) -> None:
    lines = seven.path.read_bytes().splitlines(keepends=True)
    changed(seven, lambda x: [*x[:4], *x[5:]])
    start = len(b"".join(lines[:4]))
    assert str(verify(seven)[0]) == f"j.jsonl bytes {start}-{start + len(lines[5])} line 5 seq 3: missing"
    assert str(Finding("x", Kind.TORN)) == "x: torn"


def test_lines_are_counted_anew_in_each_segment(seven: Ledger) -> None:
    seven.begin_segment("test")
    seven.append({"id": 6})
    seven.append({"id": 7})
    second = seven.file(2)
    assert second.name == "j.0002.jsonl" and verify(seven) == []
    second.write_bytes(second.read_bytes().replace(b'"id":7', b'"id":8'))
    assert [(found.file, found.line, found.seq) for found in verify(seven)] == [("j.0002.jsonl", 2, 7)]
    second.unlink()
    assert [(found.file, found.seq) for found in verify(seven)] == [("j.0002.jsonl", 6)]
