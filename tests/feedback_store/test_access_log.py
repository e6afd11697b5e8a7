"""Who saw what: kept for its own time, without values, and never in the way of care."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback_store.access_log import SEEN, AccessLog

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def a_log(folder: Path, now: datetime = NOW, days: int = 30) -> AccessLog:
    return AccessLog(folder, lambda: now, days)


def test_what_was_opened_is_read_newest_first_over_the_days(tmp_path: Path) -> None:
    a_log(tmp_path, NOW - timedelta(days=1)).note("anne", "sheet", "p1")
    log = a_log(tmp_path)
    log.note("anne", "page", "tri")
    log.note("bob", "decision", "p2")
    assert [(told.who, told.what, told.on) for told in log.newest()] == [
        ("bob", "decision", "p2"),
        ("anne", "page", "tri"),
        ("anne", "sheet", "p1"),
    ]
    assert len(log.newest(2)) == 2
    assert (tmp_path / SEEN / "2026-11-25.jsonl").stat().st_mode & 0o077 == 0


def test_days_beyond_the_retention_go_as_a_new_day_begins(tmp_path: Path) -> None:
    for days in (31, 30):
        a_log(tmp_path, NOW - timedelta(days=days)).note("anne", "page", "tri")
    (tmp_path / SEEN / "notes.jsonl").write_text("")  # not ours, not touched
    log = a_log(tmp_path)
    log.note("anne", "page", "tri")
    assert len(log.newest()) == 2
    assert log.purge() == 0


def test_a_damaged_line_is_left_out(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    log.note("anne", "page", "tri")
    (path,) = (tmp_path / SEEN).glob("*.jsonl")
    path.write_bytes(b'{"who": 3}\n{"wh' + b"\n" + path.read_bytes())
    assert [told.who for told in log.newest()] == ["anne"]


def test_a_log_that_cannot_be_written_is_told_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / SEEN).write_text("")
    a_log(tmp_path).note("anne", "page", "tri")
    assert "access not noted" in caplog.text
