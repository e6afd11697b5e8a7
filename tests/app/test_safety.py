"""The hazard log: every control is proven by a test that exists, and the document is the one of its data."""

from pathlib import Path

import pytest

from app.safety import describe
from app.safety.describe import Control, Hazard, HazardLog, broken_links, document, main, read_log


def a_hazard(*controls: Control) -> Hazard:
    return Hazard("D99", "essai", "cause", "dommage", 5, 3, 1, "ouvert", controls)


def test_every_hazard_has_a_control_that_a_test_proves_and_the_document_is_fresh() -> None:
    assert broken_links(read_log()) == ()
    assert main(["--check"]) == 0


@pytest.mark.parametrize(
    ("controls", "told"),
    [
        ((), "D99: no control"),
        ((Control("x", ()),), "D99: a control without a test"),
        ((Control("x", ("tests/none.py::test_a",)),), "D99: tests/none.py::test_a"),
        ((Control("x", ("tests/app/test_safety.py::test_gone",)),), "D99: tests/app/test_safety.py::test_gone"),
        ((Control("x", ("app/safety/describe.py::main",)),), "D99: app/safety/describe.py::main"),
    ],
)
def test_a_control_that_nothing_proves_is_named(controls: tuple[Control, ...], told: str) -> None:
    assert broken_links(HazardLog("", "", (a_hazard(*controls),))) == (told,)


def test_a_broken_link_and_a_stale_document_fail_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(describe, "DOCUMENT", tmp_path / "RISQUES.md")
    assert main(["--check"]) == 1 and "stale" in capsys.readouterr().err
    assert main([]) == 0 and main(["--check"]) == 0
    monkeypatch.setattr(describe, "broken_links", lambda _: ("D01: gone",))
    assert main([]) == 1 and "D01: gone" in capsys.readouterr().err


def test_the_document_weighs_each_risk_before_and_after() -> None:
    text = document(HazardLog("usage", "attention", (a_hazard(Control("garde", ("tests/a.py::test_b",))),)))
    assert "| D99 | essai | 5 | **15** | 5 | ouvert |" in text and "- `tests/a.py::test_b`" in text


def test_a_rating_outside_one_to_five_is_refused(tmp_path: Path) -> None:
    text = describe.SOURCE.read_text(encoding="utf-8").replace("gravite = 5", "gravite = 6", 1)
    (tmp_path / "h.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="D01"):
        read_log(tmp_path / "h.toml")
