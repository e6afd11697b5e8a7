"""A half-filled form waits on disk for its own browser, privately, and not for long."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app.drafts import Draft, Drafts

HERE, ELSEWHERE = "station-a", "station-b"
HELD = {"tri_age": "65", "tri_traumatisme": True, "tri_modulateurs_x": ["a", "b"]}


def nobody(draft: Draft) -> bool:
    """No other session is there to hold a draft."""
    return True


def held_by(session: str) -> Callable[[Draft], bool]:
    return lambda draft: draft.session != session


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "drafts", hours=12)


def test_a_draft_is_found_again_by_its_station_once_its_session_has_gone(drafts: Drafts) -> None:
    drafts.keep(None, HERE, "session-1", dict(HELD))
    assert drafts.take_over(HERE, "session-2", held_by("session-1")) is None
    assert drafts.take_over(ELSEWHERE, "session-2", nobody) is None
    found = drafts.take_over(HERE, "session-2", nobody)
    assert found is not None
    assert (found[1].contents, found[1].owner) == (HELD, None)


def test_what_one_session_took_over_is_not_there_for_another(drafts: Drafts) -> None:
    drafts.keep(None, HERE, "session-1", dict(HELD))
    drafts.take_over(HERE, "session-2", nobody)
    assert drafts.take_over(HERE, "session-3", held_by("session-2")) is None


def test_a_draft_is_private_and_neither_its_name_nor_another_owner_tells_it(drafts: Drafts, tmp_path: Path) -> None:
    name = drafts.keep(None, HERE, "session-1", dict(HELD), owner="nurse-1")
    (path,) = (tmp_path / "drafts").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.name == name and HERE not in path.name
    assert drafts.take_over(HERE, "session-2", nobody) is None
    assert drafts.take_over(HERE, "session-2", nobody, owner="nurse-1") is not None


def test_the_newest_draft_comes_first_and_a_session_rewrites_its_own(drafts: Drafts, tmp_path: Path) -> None:
    name = drafts.keep(None, HERE, "session-1", {"tri_age": "6"})
    assert drafts.keep(name, HERE, "session-1", {"tri_age": "65"}) == name
    assert len(list((tmp_path / "drafts").iterdir())) == 1
    drafts.keep(None, HERE, "session-0", {"tri_age": "7"})
    found = drafts.take_over(HERE, "session-2", nobody)
    assert found is not None and found[1].contents == {"tri_age": "7"}


def test_a_draft_ends_after_its_hours_and_when_it_is_dropped(drafts: Drafts, tmp_path: Path) -> None:
    old = drafts.keep(None, HERE, "session-1", dict(HELD))
    assert old is not None
    os.utime(tmp_path / "drafts" / old, (1, 1))
    assert drafts.take_over(HERE, "session-2", nobody) is None
    name = drafts.keep(None, HERE, "session-1", dict(HELD))
    assert name is not None
    drafts.drop(name)
    drafts.drop(name)
    assert list((tmp_path / "drafts").iterdir()) == []


def test_an_unreadable_draft_is_left_aside(drafts: Drafts, tmp_path: Path) -> None:
    name = drafts.keep(None, HERE, "session-1", dict(HELD))
    (tmp_path / "drafts" / str(name)).write_text("{torn")
    assert drafts.take_over(HERE, "session-2", nobody) is None


def test_a_disk_that_refuses_a_draft_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("a file where the folder should be")
    assert Drafts(tmp_path / "drafts", hours=12).keep(None, HERE, "session-1", dict(HELD)) is None
