"""The screens over real services in a temporary folder: no model, so the rules alone decide."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from app import wiring
from app.settings import Settings
from app.ui import state
from tests.typed import as_typed
from triage_core.motifs.search import MotifSearch
from triage_core.rules.catalog import load_rulebook

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
CALM = {
    "frequence_cardiaque": "75",
    "frequence_respiratoire": "16",
    "temperature": "37,2",
    "saturation_oxygene": "98",
    "echelle_douleur": "2",
    "glasgow": "15",
}


@pytest.fixture(scope="package", autouse=True)
def nothing_twice() -> Iterator[None]:
    """What a server does once: AppTest would read every installed package's metadata for components at each run."""
    search = MotifSearch(load_rulebook())  # 0.2 s, the same for every test
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", list)
        patch.setattr(wiring, "search_or_silence", lambda book: (search, None))
        yield


@pytest.fixture(autouse=True)
def no_page_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A page that fails is shown a sentence by the frame: no test may pass over it."""
    yield
    failed = [record.getMessage() for record in caplog.get_records("call") if record.name == "app.ui.shell"]
    assert not failed


@pytest.fixture
def services(tmp_path: Path) -> Iterator[wiring.Services]:
    """Real services over empty folders, in place of those of the process; an empty champion serves no model."""
    (tmp_path / "models" / "champion").mkdir(parents=True)
    settings = Settings(data_dir=tmp_path / "data", models_dir=tmp_path / "models")
    replacement = wiring.Services(settings)
    wiring.use(replacement)
    yield replacement
    wiring.use(None)


@pytest.fixture
def screen(services: wiring.Services) -> AppTest:
    """The application as a nurse opens it."""
    return AppTest.from_file(str(MAIN), default_timeout=30).run()


@pytest.fixture
def judged(screen: AppTest) -> Callable[..., AppTest]:
    """Enter a patient and evaluate: a calm adult with chest pain, apart from what is given."""

    def enter(motif: str | None = "douleur_thoracique_sca", pressure: str = "130/80", **texts: str) -> AppTest:
        fill(screen, motif, pressure, texts)
        screen.button(key="tri_evaluate").click().run()
        return screen

    return enter


def fill(screen: AppTest, motif: str | None, pressure: str, texts: dict[str, str]) -> None:
    """Type a calm adult, apart from what is given."""
    screen.text_input(key=state.AGE).set_value(texts.get("age", "65"))
    screen.text_input(key=state.PRESSURE).set_value(pressure)
    for name, usual in CALM.items():
        screen.text_input(key=state.of_feature(name)).set_value(texts.get(name, usual))
    if "glycemie" in texts:
        screen.text_input(key=state.of_feature("glycemie")).set_value(texts["glycemie"])
    screen.session_state[state.SEXE] = "F"
    screen.session_state[state.MOTIF] = motif
    screen.run()


def said(screen: AppTest) -> str:
    """All words on the page, as one text."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success")
    words = "\n".join(str(element.value) for kind in kinds for element in getattr(screen, kind))
    return as_typed(words)


def bare(screen: AppTest) -> str:
    """The words without the marks that keep them from being read as Markdown."""
    return said(screen).replace("\\", "")
