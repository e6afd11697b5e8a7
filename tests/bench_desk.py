"""For ``make bench``: from Ctrl+Enter to the painted answer in a real browser, beside an empty rerun in the same run.

The clock is the browser's own: it starts with the key press and ends with the first frame that shows the answer.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import Page, expect

from tests.app.browsing import a_free_port, a_page, running_server, wait_until_healthy
from tests.app.typing_hands import Hands
from tests.load.run import THINK_S, Measured, shift

TIMES = 30
_STOPWATCH = """
window.spent = null;
addEventListener("keydown", event => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.altKey)) return;
  const start = performance.now(), before = window.shown();
  const look = () => {
    const now = window.shown();
    if (now && now !== before) requestAnimationFrame(() => { window.spent = performance.now() - start; });
    else requestAnimationFrame(look);
  };
  window.spent = null;
  requestAnimationFrame(look);
}, true);
"""
_ANSWER = "window.shown = () => document.querySelector('[data-testid=stImage] img')?.alt ?? 'none';"
_EMPTY_PAGE = """
import streamlit as st
st.session_state.n = st.session_state.get("n", 0) + 1
st.markdown(f"run {st.session_state.n}")
st.button("again", shortcut="Ctrl+Enter")
"""
_RUN = "window.shown = () => document.querySelector('[data-testid=stMarkdown]')?.innerText;"


def p95(times: list[float]) -> float:
    """The 95th percentile of at least two times."""
    return quantiles(times, n=20)[-1]


def answers(times: int = TIMES) -> list[float]:
    """Milliseconds from the key to the painted answer, the level changing each time, for one nurse."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as base:
        return _answers(base, times)


def among_others(others: int, times: int = TIMES) -> tuple[list[float], list[float]]:
    """Empty reruns, half before and half after, and answers of one nurse in a browser among so many others."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as base, _company(base, others):
        before, ours = empty_reruns(times // 2), _answers(base, times)
        return [*before, *empty_reruns(times - times // 2)], ours


@contextmanager
def _company(base: str, others: int) -> Iterator[None]:
    """Nurses without a browser, patient after patient, until the block is left; each has had one when it begins.

    Raises what any of them met.
    """
    measured, is_over = Measured(), threading.Event()
    port = int(base.rpartition(":")[2])
    shifts = [threading.Thread(target=shift, args=(port, n, is_over.is_set, THINK_S, measured)) for n in range(others)]
    for one in shifts:
        one.start()
    try:
        while len(measured.submits) < others and not measured.errors:
            time.sleep(0.2)
        yield
    finally:
        is_over.set()
        for one in shifts:
            one.join()
    if measured.errors:
        raise RuntimeError(measured.errors[0])


def _answers(base: str, times: int) -> list[float]:
    with a_page("fr-FR") as page:
        hands = Hands(page)
        page.add_init_script(_STOPWATCH + _ANSWER)
        page.goto(base)
        hands.adult("75", "125/80", "16", "98", "37,2", "2", "15")
        expect(page.get_by_text("Médecin < ")).to_be_visible()
        return [_one(page, hands, place) for place in range(times)]


def _one(page: Page, hands: Hands, place: int) -> float:
    pressure = "125/80" if place % 2 else "85/50"
    page.get_by_label("PA (mmHg)", exact=True).fill(pressure)
    hands.press("Tab")
    expect(page.get_by_text("Saisie modifiée")).to_be_visible()
    hands.press("Control+Enter")
    return _spent(page)


def _spent(page: Page) -> float:
    """What the stopwatch says; asked from outside, because the content policy lets no text become a script."""
    for _ in range(1000):
        spent = page.evaluate("window.spent")
        if spent is not None:
            return float(spent)
        page.wait_for_timeout(20)
    raise TimeoutError("the answer was never painted")


def empty_reruns(times: int = TIMES) -> list[float]:
    """Milliseconds from the same key to the painted text of a page of three lines: what Streamlit itself costs."""
    with tempfile.TemporaryDirectory() as folder, _empty_server(Path(folder)) as base, a_page("fr-FR") as page:
        page.add_init_script(_STOPWATCH + _RUN)
        page.goto(base)
        expect(page.get_by_role("button", name="again")).to_be_visible()
        page.wait_for_timeout(500)  # the key is bound after the button is drawn
        spent = []
        for place in range(times):
            page.keyboard.press("Control+Enter")
            spent.append(_spent(page))
            expect(page.get_by_text(f"run {place + 2}", exact=True)).to_be_visible()
        return spent


@contextmanager
def _empty_server(folder: Path) -> Iterator[str]:
    script, port = folder / "empty.py", a_free_port()
    script.write_text(_EMPTY_PAGE, encoding="utf-8")
    options = ["--server.port", str(port), "--server.headless", "true", "--server.address", "127.0.0.1"]
    quiet = ["--browser.gatherUsageStats", "false", "--browser.serverAddress", "127.0.0.1"]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options, *quiet],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
