"""The switch over the model: an appended event with who, when and why, seen by every process at once."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback_store.errors import JournalWriteError
from feedback_store.journals import SWITCH, ledgers_of
from feedback_store.model_switch import ModelSwitch, SwitchRefused

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def a_switch(folder: Path) -> ModelSwitch:
    return ModelSwitch(ledgers_of(folder).switch, lambda: NOW)


def test_it_is_on_until_somebody_turns_it_off_and_says_why(tmp_path: Path) -> None:
    switch = a_switch(tmp_path)
    assert switch.off() is None and switch.history() == ()
    switch.turn("off", "chef", "  relève   trop ce soir ")
    off = switch.off()
    assert off is not None
    assert (off.by, off.reason, off.timestamp) == ("chef", "relève trop ce soir", NOW)
    switch.turn("on", "chef", "vérifié avec le médecin")
    assert switch.off() is None
    assert [event.event for event in switch.history()] == ["off", "on"]


@pytest.mark.parametrize("reason", ["", "    ", "abc", "x" * 501])
def test_without_a_written_reason_nothing_changes(tmp_path: Path, reason: str) -> None:
    switch = a_switch(tmp_path)
    with pytest.raises(SwitchRefused):
        switch.turn("off", "chef", reason)
    assert switch.off() is None and not (tmp_path / SWITCH).exists()


def test_a_switch_that_cannot_be_written_says_so_and_one_that_cannot_be_read_is_off(tmp_path: Path) -> None:
    switch = a_switch(tmp_path)
    (tmp_path / SWITCH).mkdir(parents=True)
    with pytest.raises(JournalWriteError):
        switch.turn("on", "chef", "essai de panne")
    off = switch.off()
    assert off is not None and off.by == "?"


@pytest.mark.slow
def test_what_another_process_turns_is_seen_at_the_next_look(tmp_path: Path) -> None:
    mine = a_switch(tmp_path)
    assert mine.off() is None
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime;"
        "from feedback_store.journals import ledgers_of; from feedback_store.model_switch import ModelSwitch;"
        "switch = ledgers_of(Path(sys.argv[1])).switch;"
        "ModelSwitch(switch, lambda: datetime.now(UTC)).turn(sys.argv[2], 'autre', 'essai du réseau')"
    )
    for event, is_off in (("off", True), ("on", False), ("off", True)):
        subprocess.run([sys.executable, "-c", code, str(tmp_path), event], check=True, timeout=60)
        assert (mine.off() is not None) is is_off


def test_an_event_that_cannot_be_read_leaves_the_rules_alone(tmp_path: Path) -> None:
    switch = a_switch(tmp_path)
    switch.turn("off", "chef", "relève trop")
    path = tmp_path / SWITCH
    path.write_bytes(path.read_bytes().replace(b'"off"', b'"o\x00f"'))
    off = a_switch(tmp_path).off()
    assert off is not None and off.by == "?"


def test_a_switch_whose_file_vanished_stays_where_it_was_until_the_next_event(tmp_path: Path) -> None:
    switch = a_switch(tmp_path)
    switch.turn("off", "chef", "relève trop")
    assert switch.off() is not None
    (tmp_path / SWITCH).unlink()
    assert switch.off() is not None
    a_switch(tmp_path).turn("on", "chef", "fichier refait")
    assert switch.off() is None
