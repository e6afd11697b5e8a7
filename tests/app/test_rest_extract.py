"""``POST /triage/extract`` and ``medtriage extract``: the same answer, the same faults as everywhere."""

import json

import pytest

from app import cli
from tests.app.serving import JSON_TYPE, Client

LINE = "H 65 DT depuis 2h TA 14/9 FC 110 sat 94 AA T 37,2 EVA 6 G15 dextro 1,2 ATCD HTA. bla"
CANONICAL = {
    "age": 65,
    "sexe": "M",
    "motif_consultation": "DT",
    "frequence_cardiaque": 110,
    "pression_systolique": 140,
    "pression_diastolique": 90,
    "temperature": 37.2,
    "saturation_oxygene": 94,
    "echelle_douleur": 6,
    "glasgow": 15,
    "glycemie": 1.2,
    "duree_symptomes_h": 2,
    "antecedents": ["HTA"],
}


def test_the_line_of_the_issue_is_answered_in_canonical_units_with_its_words(client: Client) -> None:
    answer = client.post("/triage/extract", {"text": LINE})
    assert answer.status == 200
    assert set(answer.body) == {"values", "unparsed"}
    assert {name: told["value"] for name, told in answer.body["values"].items()} == CANONICAL
    assert all(told["source"] in LINE for told in answer.body["values"].values())
    assert answer.body["unparsed"] == ["bla"]


def test_the_command_answers_what_the_route_answers(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["extract", LINE, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == client.post("/triage/extract", {"text": LINE}).body


def test_without_json_each_value_is_told_with_its_words_and_each_rest_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["extract", "TA 14/9 FC environ 90 T 37"]) == 0
    told = capsys.readouterr().out
    assert "pression_systolique = 140 (from 14/9)  <-  'TA 14/9'" in told
    assert "temperature = 37  <-  'T 37'" in told
    assert "unparsed (approximate): 'FC environ 90'" in told


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"text"}),
        ({"text": None}, {"text"}),
        ({"text": 14}, {"text"}),
        ({"text": "a" * 2001}, {"text"}),
        ({"text": "a", "autre": 1}, {"autre"}),
        ({"autre": 1}, {"text", "autre"}),
        ([], {"body"}),
        ({"text": "\ud800"}, {"text"}),
    ],
)
def test_a_faulty_body_is_422_with_every_field(client: Client, body: object, fields: set[str]) -> None:
    answer = client.post("/triage/extract", body)
    assert (answer.status, answer.fields) == (422, fields)


def test_two_thousand_characters_and_none_are_answered(client: Client) -> None:
    assert client.post("/triage/extract", {"text": "FC 110 é" * 250}).status == 200
    assert client.post("/triage/extract", {"text": ""}).body == {"values": {}, "unparsed": []}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [(b"{", JSON_TYPE, 400), (b"{}", {"Content-Type": "text/plain"}, 415), (b" " * 65_537, JSON_TYPE, 413)],
)
def test_faults_of_the_transport_are_those_of_the_other_routes(
    client: Client, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert client.send("POST", "/triage/extract", body, headers).status == status
    assert client.get("/triage/extract").status == 405


def test_no_word_of_a_note_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        client.post("/triage/extract", {"text": "secretissime FC 117"})
    assert "extracted" in caplog.text
    assert not {"secretissime", "117"} & set(caplog.text.split())
