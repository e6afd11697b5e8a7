"""An administrator's pages in a real browser: the trial of a model, its end by one click, and the banner."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.browsing import a_page, post, running_server
from tests.app.test_browser import choose
from tests.app.test_shelf import a_challenger
from tests.builders import a_request

PATIENCE_MS = 20_000  # a first page of charts on a busy machine
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def judge(base: str, n: int) -> None:
    """Decisions that nurses find too low, by the routes."""
    for place in range(n):
        decision = post(base, "/triage/predict", a_request(age=30 + place))
        told = {"prediction_id": decision["prediction_id"], "original_gravity": decision["gravity_level"]}
        post(base, "/feedback/submit", told | {"feedback_type": "upgrade", "corrected_gravity": "ROUGE"})


def test_an_administrator_sees_the_banner_acknowledges_it_and_starts_and_stops_a_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDTRIAGE_WATCH_PERIOD_S", "0.5")
    monkeypatch.setenv("MEDTRIAGE_MIN_SAMPLES", "10")
    monkeypatch.setenv("MEDTRIAGE_AUTO_RETRAIN", "false")
    a_challenger(tmp_path / "models", 2)
    with running_server(tmp_path) as base, a_page("fr-FR", 1440, 900) as page:
        judge(base, 12)
        page.goto(base)
        care = re.compile("relève le niveau affiché plus souvent.*La grille FRENCH s.applique comme toujours")
        expect(page.get_by_text(care)).to_be_visible(timeout=PATIENCE_MS)
        choose(page, "Rôle", "Administrateur")
        expect(page.get_by_text(re.compile("Trop de sous-triage.*À voir dans Surveillance"))).to_be_visible()
        page.get_by_role("link", name="Surveillance").click()
        expect(page.get_by_text("12 cas jugés")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("button", name="J’ai vu")).to_have_count(2, timeout=PATIENCE_MS)
        for left in (1, 0):
            page.get_by_role("button", name="J’ai vu").first.click()
            expect(page.get_by_role("button", name="J’ai vu")).to_have_count(left, timeout=PATIENCE_MS)
        expect(page.get_by_text("À voir dans Surveillance")).to_have_count(0, timeout=PATIENCE_MS)
        page.get_by_role("link", name="Modèle").click()
        choose(page, "Part des visites", "50 %")
        page.get_by_role("button", name="Commencer l’essai").click()
        expect(page.get_by_text("Essai en cours")).to_be_visible(timeout=PATIENCE_MS)
        answered = {post(base, "/triage/predict", a_request())["model_version"] for _ in range(24)}
        assert answered == {"v2", "factory-1"}
        page.get_by_role("button", name="Arrêter l’essai").click()
        expect(page.get_by_text("Essai arrêté.")).to_be_visible(timeout=PATIENCE_MS)
        page.wait_for_timeout(1100)  # a folder is believed for a second
        assert {post(base, "/triage/predict", a_request())["model_version"] for _ in range(12)} == {"factory-1"}
    events = [json.loads(e) for e in (tmp_path / "data" / "triage" / "trials.jsonl").read_text("utf-8").splitlines()]
    assert [(event["event"], event.get("share")) for event in events] == [("start", 0.5), ("stop", None)]
