"""After the verdict, and only where the model would have been more urgent, one quiet line; it changes nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import wiring
from app.settings import Settings
from app.ui import state
from tests.pages.conftest import fill, said
from triage_core.model.bundle import SHIPPED_FACTORY, load_bundle, write_bundle

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
MARK = "Deuxième lecture"
Enter = Callable[[float], AppTest]


@pytest.fixture
def enter(tmp_path: Path) -> Iterator[Enter]:
    """A calm adult with chest pain, judged by the shipped model with another threshold of the second reader."""

    def judged(threshold: float) -> AppTest:
        shipped = load_bundle(SHIPPED_FACTORY)
        told = dict(shipped.manifest) | {"version": "second-1", "second_reader": {"threshold": threshold}}
        model = (SHIPPED_FACTORY / "model.json").read_bytes()
        write_bundle(tmp_path / "models" / "champion", model, told)
        wiring.use(wiring.Services(Settings(data_dir=tmp_path / "data", models_dir=tmp_path / "models")))
        screen = AppTest.from_file(str(MAIN), default_timeout=30).run()
        fill(screen, "douleur_thoracique_sca", "130/80", {})
        return screen.button(key="tri_evaluate").click().run()

    yield judged
    wiring.use(None)


def lowered(screen: AppTest) -> AppTest:
    """The nurse lowers to 5."""
    screen.button(key=state.of_level("5")).click().run()
    screen.text_input(key=state.VERDICT_REASON).set_value("ECG normal")
    return screen.button(key="verdict_record").click().run()


def test_a_nurse_less_urgent_than_the_model_sees_the_mark_with_what_weighs_after_her_verdict(enter: Enter) -> None:
    screen = enter(0.5)
    assert MARK not in said(screen)
    screen = lowered(screen)
    assert MARK in said(screen)
    assert "Votre niveau est gardé" in said(screen)
    assert "Motif" in said(screen).split("Ce qui pèse")[1]
    assert screen.session_state[state.RECORDED].corrected_french_level == "5"
    assert not screen.exception


def test_below_the_threshold_of_the_model_nothing_is_said(enter: Enter) -> None:
    screen = lowered(enter(1.0))
    assert "Noté" in said(screen)
    assert MARK not in said(screen)


def test_a_nurse_who_was_urgent_enough_is_left_alone(enter: Enter) -> None:
    screen = enter(0.9)
    screen.button(key=state.of_level("2")).click().run()
    assert "Noté" in said(screen)
    assert MARK not in said(screen)
