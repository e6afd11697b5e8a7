"""Signing in with a real OpenID Connect provider on loopback, over HTTP, as a browser does it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.attacks.house import free_port, refusals, serving

pytestmark = pytest.mark.slow
PEOPLE = [
    {"sub": "zoe", "role": "ioa"},
    {"sub": "max", "role": ["staff", "medecin"]},
    {"sub": "eve", "role": "comptable"},
    {"sub": "both", "role": ["ioa", "medecin"]},
    {"sub": "none"},
]


@contextmanager
def provider() -> Iterator[str]:
    """oidc-provider-mock in a process of its own: discovery, PKCE, signed ID tokens, userinfo."""
    port = free_port()
    users = [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    program = Path(sys.executable).with_name("oidc-provider-mock")
    process = subprocess.Popen([program, "-p", str(port), *users], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                requests.get(f"http://127.0.0.1:{port}/.well-known/openid-configuration", timeout=2)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("oidc"), free_port()
    with provider() as issuer:
        settings = {
            "MEDTRIAGE_AUTH": "oidc",
            "MEDTRIAGE_PORT": str(port),
            "MEDTRIAGE_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "MEDTRIAGE_OIDC_ISSUER": issuer,
            "MEDTRIAGE_OIDC_CLIENT_ID": "medtriage",
            "MEDTRIAGE_OIDC_CLIENT_SECRET": "a secret of the test",
            "MEDTRIAGE_OIDC_ROLES": "ioa=infirmier,medecin=medecin,dsi=administrateur",
        }
        with serving(folder, **settings) as house:
            yield house.origin


def journey(base: str, person: str) -> tuple[requests.Session, requests.Response]:
    """From our sign-in page to the provider, the choice of a person there, and back to our callback."""
    browser = requests.Session()
    leaving = browser.get(f"{base}/oidc/login", allow_redirects=False)
    back = browser.post(leaving.headers["location"], data={"sub": person}, allow_redirects=False)
    return browser, browser.get(back.headers["location"], allow_redirects=False)


@pytest.mark.parametrize(("person", "may_train"), [("zoe", 403), ("max", 403)])
def test_a_known_role_comes_in_with_our_own_cookie(base: str, person: str, may_train: int) -> None:
    browser, answer = journey(base, person)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert browser.get(f"{base}/feedback/count").status_code == 200
    assert browser.get(f"{base}/feedback/retrain/x").status_code == may_train


@pytest.mark.attack("OpenID Connect")
@pytest.mark.parametrize("person", ["eve", "both", "none"])
def test_an_unknown_ambiguous_or_absent_role_is_refused(base: str, person: str) -> None:
    browser, answer = journey(base, person)
    assert answer.status_code == 403
    assert browser.get(f"{base}/feedback/count").status_code == 401


@pytest.mark.attack("OpenID Connect")
def test_an_answer_of_the_provider_is_good_once_and_in_the_browser_that_asked(base: str) -> None:
    browser = requests.Session()
    leaving = browser.get(f"{base}/oidc/login", allow_redirects=False)
    back = browser.post(leaving.headers["location"], data={"sub": "zoe"}, allow_redirects=False).headers["location"]
    assert requests.get(back, allow_redirects=False, timeout=20).status_code == 403
    assert browser.get(back, allow_redirects=False).status_code == 303
    assert browser.get(back, allow_redirects=False).status_code == 403


@pytest.mark.attack("OpenID Connect")
@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?code=y", "?error=access_denied"])
def test_a_callback_that_no_journey_led_to_is_refused(base: str, query: str) -> None:
    browser = requests.Session()
    browser.get(f"{base}/oidc/login", allow_redirects=False)
    assert browser.get(f"{base}/oidc/callback{query}", allow_redirects=False).status_code == 403


def test_the_journey_uses_pkce_a_state_and_a_nonce_and_asks_for_the_password_again(base: str) -> None:
    leaving = requests.get(f"{base}/oidc/login", allow_redirects=False, timeout=20).headers["location"]
    asked = parse_qs(urlsplit(leaving).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["prompt"] == ["login"]
    assert asked["state"][0] != asked["nonce"][0]


def test_the_password_form_does_not_exist_beside_a_provider(base: str) -> None:
    page = requests.get(f"{base}/login", timeout=20).text
    assert "password" not in page
    assert "/oidc/login" in page


def test_a_provider_that_does_not_answer_is_said_and_nobody_comes_in(tmp_path: Path) -> None:
    dead = {
        "MEDTRIAGE_AUTH": "oidc",
        "MEDTRIAGE_PUBLIC_URL": "http://127.0.0.1",
        "MEDTRIAGE_OIDC_ISSUER": f"http://127.0.0.1:{free_port()}",
        "MEDTRIAGE_OIDC_CLIENT_ID": "medtriage",
        "MEDTRIAGE_OIDC_CLIENT_SECRET": "x",
    }
    with serving(tmp_path, **dead) as house:
        assert house.get("/oidc/login").status == 503
        assert [told["reason"] for told in refusals(house)][-1] == "provider"
