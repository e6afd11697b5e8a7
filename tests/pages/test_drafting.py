"""A draft on disk and a run cut short: the next run writes the same file."""

from pathlib import Path

import pytest
import streamlit as st

from app import wiring
from app.drafts import Drafts
from app.ui import drafting, state


def test_a_run_cut_short_after_the_draft_was_written_leaves_no_second_one(
    services: wiring.Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = Drafts.keep

    def cut_short(self: Drafts, *told: object) -> None:
        written(self, *told, owner=None)  # type: ignore[arg-type]
        raise InterruptedError

    held: dict[str, object] = {state.AGE: "65", state.DRAFT: (None, {})}
    monkeypatch.setattr(st, "session_state", held)
    monkeypatch.setattr(drafting, "_station", lambda: "station")
    monkeypatch.setattr(Drafts, "keep", lambda self, *told, owner: cut_short(self, *told))
    with pytest.raises(InterruptedError):
        drafting.keep()
    monkeypatch.setattr(Drafts, "keep", written)
    held[state.AGE] = "66"
    drafting.keep()
    (draft,) = (tmp_path / "data" / "drafts").iterdir()
    assert '"66"' in draft.read_text(encoding="utf-8") and services
