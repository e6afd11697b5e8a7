"""Every free text with HTML, Markdown, a formula or control marks in it: kept as told, run by nobody."""

import csv
import io
import json

import pytest

from app.ui import texts
from feedback_store.corrections import corrections_csv
from feedback_store.stats import FeedbackThresholds
from feedback_store.store import FeedbackStore
from tests.attacks.house import House
from tests.builders import a_request

pytestmark = pytest.mark.slow
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[clic](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    '=HYPERLINK("http://evil.example";"x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "\t=1+1",
    "\r\nX-Injected: yes",
    "$(reboot) `id` ; rm -rf /",
    "{{7*7}} ${7*7} %(x)s {0}",
    ":red[rouge] :material/home: $x^2$",
]
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "|", "%")


@pytest.mark.attack("injection in free text")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_kept_as_told_and_answered_as_plain_json(house: House, text: str) -> None:
    asked = house.post_json("/triage/predict", a_request(motif_consultation=text, antecedents=[text]), "infirmier")
    assert (asked.status, asked.header("content-type"), asked.header("x-injected")) == (200, "application/json", "")
    told = json.loads(asked.body)
    verdict = {
        "prediction_id": told["prediction_id"],
        "original_gravity": told["gravity_level"],
        "feedback_type": "correct",
        "corrected_gravity": told["gravity_level"],
        "reason": text,
        "missed_symptoms": [text],
    }
    assert house.post_json("/feedback/submit", verdict, "infirmier").status == 201
    store = FeedbackStore(house.folder / "data", FeedbackThresholds(min_feedback=1, max_error_rate=1, min_samples=1))
    kept = next(record for record in store.corrections(None) if record.prediction_id == told["prediction_id"])
    rows = list(csv.reader(io.StringIO(corrections_csv((kept,)).decode("utf-8-sig"), newline=""), delimiter=";"))
    assert (len(rows), kept.nurse_id) == (2, "infirmier")
    assert not [cell for cell in rows[1] if cell.startswith(FORMULAS) and not is_number(cell)]
    assert text.strip() not in house.log


def is_number(cell: str) -> bool:
    return cell.replace(".", "").removeprefix("-").isdigit()


@pytest.mark.attack("injection in free text")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_on_a_screen_has_every_mark_escaped(text: str) -> None:
    shown = texts.plain(text)
    for mark in "<>[]()$`*_#|:{}":
        assert shown.count(mark) == shown.count(f"\\{mark}")


@pytest.mark.attack("somebody else's name")
def test_a_verdict_cannot_be_signed_with_another_name(house: House) -> None:
    told = json.loads(house.post_json("/triage/predict", a_request(), "infirmier").body)
    verdict = {
        "prediction_id": told["prediction_id"],
        "original_gravity": told["gravity_level"],
        "feedback_type": "correct",
        "corrected_gravity": told["gravity_level"],
        "nurse_id": "medecin",
    }
    reply = house.post_json("/feedback/submit", verdict, "infirmier")
    assert (reply.status, json.loads(reply.body)["errors"][0]["field"]) == (422, "nurse_id")
    assert house.post_json("/feedback/submit", verdict, "medecin").status == 201
    token = house.access.tokens.add("dpi", ["feedback"])
    by_machine = house.post_json("/feedback/submit", verdict | {"nurse_id": "ide-42"}, Authorization=f"Bearer {token}")
    assert by_machine.status == 201
