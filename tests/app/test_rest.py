"""The contract of outside programs: every route, every fault, the same shape of refusal everywhere."""

import json
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app import http_faults, wiring
from app.rest import PREDICT_FIELDS
from tests.app.serving import JSON_TYPE, Client, a_prediction
from tests.builders import a_request

DESIGN_REQUEST: dict[str, Any] = json.loads("""
{"age":65,"sexe":"M","motif_consultation":"Douleur thoracique","motif_id":null,"modulateurs":[],"antecedents":[],
"comorbidite_lourde_en_rapport":null,"adresse_par_medecin":false,"mode_arrivee":null,"traumatisme":null,
"mesures":{"duree_symptomes_h":null,"debit_expiratoire_de_pointe":null,"perte_de_poids_pct":null,"cetonemie_mmol_l":null},
"constantes":{"frequence_cardiaque":95,"pression_systolique":140,"pression_diastolique":90,"frequence_respiratoire":20,
"temperature":37.2,"saturation_oxygene":96,"echelle_douleur":6,"glasgow":15,"glycemie":null}}
""")


# ── one decision


def test_the_request_of_the_design_gets_exactly_the_fields_of_the_design(client: Client) -> None:
    answer = client.post("/triage/predict", DESIGN_REQUEST)
    assert answer.status == 200
    assert tuple(answer.body) == PREDICT_FIELDS
    assert answer.body["motif_candidates"]
    assert answer.body["provisional"] is True


def test_without_a_model_the_rules_answer_and_say_so(client: Client) -> None:
    told = a_prediction(client)
    assert (told["ml_available"], told["model_version"], told["confidence_score"]) == (False, None, None)
    assert told["ml_error"]


def test_a_decision_is_in_the_journal_before_it_is_answered(client: Client, services: wiring.Services) -> None:
    told = a_prediction(client, saturation_oxygene=None)
    kept = services.store.decision(told["prediction_id"])
    assert kept is not None
    assert (kept.gravity_level, kept.source, kept.features["saturation_oxygene"]) == (
        told["gravity_level"],
        "api",
        None,
    )


def test_two_predictions_never_share_an_id(client: Client) -> None:
    assert a_prediction(client)["prediction_id"] != a_prediction(client)["prediction_id"]


def test_healthz_names_model_and_rules(client: Client, services: wiring.Services) -> None:
    answer = client.get("/healthz")
    assert answer.body == {"status": "ok", "model_version": None, "rules_version": services.book.version}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"temperature": float("nan")}, {"constantes.temperature"}),
        ({"temperature": float("inf")}, {"constantes.temperature"}),
        ({"glasgow": True}, {"constantes.glasgow"}),
        ({"glasgow": 16}, {"constantes.glasgow"}),
        ({"glasgow": 10**400}, {"constantes.glasgow"}),
        ({"frequence_cardiaque": "75"}, {"constantes.frequence_cardiaque"}),
        ({"pression_systolique": 80, "pression_diastolique": 80}, {"constantes.pression_diastolique"}),
        ({"motif_id": "inconnu"}, {"motif_id"}),
        ({"modulateurs": ["inconnu"]}, {"modulateurs.0"}),
        ({"motif_consultation": "a" * 2001}, {"motif_consultation"}),
        ({"motif_consultation": "\ud800"}, {"motif_consultation"}),
        ({"mode_arrivee": "helicoptere"}, {"mode_arrivee"}),
        ({"inconnu": 1}, {"inconnu"}),
        ({"frequence_cardiaque": 0}, {"constantes.frequence_cardiaque"}),
        ({"frequence_cardiaque": 0, "temperature": 99}, {"constantes.frequence_cardiaque", "constantes.temperature"}),
        (
            {"frequence_cardiaque": 0, "motif_id": None, "glasgow": 2},
            {"constantes.frequence_cardiaque", "constantes.glasgow"},
        ),
        (
            {"frequence_cardiaque": 0, "motif_id": None, "motif_consultation": "arrêt cardiaque", "glasgow": 2},
            {"constantes.glasgow"},
        ),
        (
            {"frequence_cardiaque": 10**30, "pression_systolique": 1e400},
            {"constantes.frequence_cardiaque", "constantes.pression_systolique"},
        ),
        ({"age": None, "sexe": "X", "saturation_oxygene": 960}, {"age", "sexe", "constantes.saturation_oxygene"}),
    ],
)
def test_all_faulty_fields_are_named_at_once(client: Client, changes: dict[str, Any], fields: set[str]) -> None:
    answer = client.post("/triage/predict", a_request(**changes))
    assert (answer.status, answer.fields) == (422, fields)


@pytest.mark.parametrize("missing", ["age", "sexe", "constantes"])
def test_a_missing_required_field_is_named(client: Client, missing: str) -> None:
    body = a_request()
    del body[missing]
    answer = client.post("/triage/predict", body)
    assert (answer.status, answer.fields) == (422, {missing})


@pytest.mark.parametrize("body", [[], 1, "texte", None])
def test_json_that_is_no_object_is_422(client: Client, body: object) -> None:
    assert client.post("/triage/predict", body).status == 422
    assert client.post("/feedback/submit", body).fields
    assert client.post("/feedback/retrain", body).status == 422


def test_a_refusal_repeats_no_value_of_the_patient(client: Client) -> None:
    answer = client.post("/triage/predict", a_request(saturation_oxygene=961, motif_consultation="x" * 2001))
    assert "961" not in json.dumps(answer.body)


# ── faults of the body, on every route that takes one

POSTS = ["/triage/predict", "/feedback/submit", "/feedback/retrain"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b'{"a": "\xe9"}', b"[" * 60_000, b"\xef\xbb\xbf{}"])
def test_what_is_not_json_in_utf8_is_400(client: Client, path: str, body: bytes) -> None:
    answer = client.send("POST", path, body, JSON_TYPE)
    assert (answer.status, answer.fields) == (400, {"body"})


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_media_type_is_415(client: Client, path: str, media_type: str) -> None:
    answer = client.send("POST", path, b"{}", {"Content-Type": media_type} if media_type else {})
    assert (answer.status, answer.fields) == (415, {"content-type"})


def test_a_charset_beside_the_media_type_is_welcome(client: Client) -> None:
    body = json.dumps(a_request()).encode()
    answer = client.send("POST", "/triage/predict", body, {"Content-Type": "Application/JSON; charset=utf-8"})
    assert answer.status == 200


@pytest.mark.parametrize("path", POSTS)
def test_over_64_kib_is_413_announced_or_not(client: Client, path: str) -> None:
    body = b" " * (64 * 1024 + 1)
    announced = client.send("POST", path, body, JSON_TYPE)
    chunked = client.send("POST", path, (body[i : i + 4096] for i in range(0, len(body), 4096)), JSON_TYPE)
    assert (announced.status, announced.fields) == (413, {"body"})
    assert (chunked.status, chunked.fields) == (413, {"body"})


@pytest.mark.parametrize(("media_type", "status"), [("application/json", 413), ("text/plain", 415)])
def test_a_program_that_sends_ten_megabytes_without_listening_still_reads_why(
    client: Client, media_type: str, status: int
) -> None:
    url = f"http://127.0.0.1:{client.port}/triage/predict"
    request = urllib.request.Request(url, b" " * 10_000_000, {"Content-Type": media_type})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=20)  # noqa: S310 - our own loopback address
    with refusal.value as answer:
        assert (answer.code, set(json.load(answer))) == (status, {"errors"})


@pytest.mark.parametrize("extra", [b"", b"Expect: 100-continue\r\n"])
def test_ten_megabytes_announced_and_never_sent_are_refused_all_the_same(
    client: Client, extra: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_faults, "DISCARDING_S", 0.1)
    head = b"POST /triage/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as line:
        line.sendall(head + b"Content-Length: 10000000\r\n" + extra + b"\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_exactly_64_kib_is_read(client: Client) -> None:
    body = json.dumps(a_request()).encode()
    padded = body + b" " * (64 * 1024 - len(body))
    assert client.send("POST", "/triage/predict", padded, JSON_TYPE).status == 200


# ── routes and guards


@pytest.mark.parametrize("path", ["/triage/", "/triage/unknown", "/feedback/unknown", "/feedback/retrain/a/b"])
def test_an_unknown_route_is_404_in_our_shape(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status, answer.fields) == (404, {"path"})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/triage/predict", "POST"),
        ("DELETE", "/feedback/count", "GET"),
        ("PUT", "/feedback/retrain", "POST"),
        ("POST", "/healthz", "GET"),
    ],
)
def test_another_method_is_405_and_names_the_right_one(client: Client, method: str, path: str, allowed: str) -> None:
    answer = client.send(method, path)
    assert (answer.status, answer.fields) == (405, {"method"})
    assert allowed in answer.headers["allow"]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_a_foreign_host_or_origin_is_403_on_every_route(client: Client, headers: dict[str, str]) -> None:
    for method, path in [("GET", "/healthz"), ("POST", "/triage/predict"), ("GET", "/feedback/stats")]:
        answer = client.send(method, path, None, headers)
        assert (answer.status, answer.fields) == (403, {next(iter(headers)).lower()})
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_is_500_without_a_word_of_the_patient(
    client: Client, services: wiring.Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("temperature 39.9")

    monkeypatch.setattr(services, "decide", break_down, raising=False)
    answer = client.post("/triage/predict", a_request())
    assert (answer.status, answer.fields) == (500, {"server"})
    assert "39.9" not in json.dumps(answer.body) + caplog.text + str([vars(record) for record in caplog.records])


def test_twenty_clients_at_once_each_get_their_own_decision(client: Client, services: wiring.Services) -> None:
    ages = range(20, 40)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda age: a_prediction(client, age=age), ages))
    kept = [services.store.decision(decision["prediction_id"]) for decision in told]
    assert [record.features["age"] for record in kept if record is not None] == list(ages)
