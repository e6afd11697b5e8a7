"""The form of signing in: sent by another site, planted, used to lead elsewhere, tried again and again."""

from urllib.parse import urlencode

import pytest

from app.access.throttle import FREE_ATTEMPTS
from tests.attacks.conftest import Noted
from tests.attacks.house import FORM, PASSWORD, House

pytestmark = pytest.mark.slow
COOKIE, KNOWN = "medtriage_session", "medtriage_known"


@pytest.mark.attack("CSRF on the login form")
def test_the_form_without_its_cookie_its_field_or_with_anothers_is_refused(house: House, noted: Noted) -> None:
    hidden, nonce = house.form()
    other, _ = house.form()
    for told in ((hidden, ""), ("", nonce), (other, nonce), (nonce, nonce), (hidden + "x", nonce)):
        assert house.submit_form("infirmier", PASSWORD, *told).status == 400
    assert noted.reasons() == ["form"] * 5
    assert house.submit_form("infirmier", PASSWORD, hidden, nonce).status == 303


@pytest.mark.attack("CSRF on the login form")
@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_the_form_sent_by_another_site_is_refused(house: House, noted: Noted, origin: str) -> None:
    assert house.submit_form("infirmier", PASSWORD, *house.form(), Origin=origin).status == 403
    assert noted.reasons() == ["origin"]


@pytest.mark.attack("CSRF on the login form")
@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_the_form_in_another_type_is_refused(house: House, media_type: str) -> None:
    hidden, nonce = house.form()
    body = urlencode({"name": "infirmier", "password": PASSWORD, "form": hidden}).encode()
    headers = {"Content-Type": media_type, "Cookie": f"medtriage_form={nonce}"}
    assert house.send("POST", "/login", body, headers).status == 400


@pytest.mark.attack("session fixation")
@pytest.mark.parametrize("kind", ["planted", "of another person", "her own"])
def test_signing_in_gives_a_new_cookie_and_ends_the_one_before(house: House, kind: str) -> None:
    own = {
        "planted": "planted",
        "of another person": house.cookie_of("medecin"),
        "her own": house.cookie_of("infirmier"),
    }
    before = own[kind]
    after = house.log_in("infirmier", cookie=f"{COOKIE}={before}").cookie(COOKIE)
    assert after not in (None, before)
    assert house.get("/feedback/count", Cookie=f"{COOKIE}={before}").status == 401
    assert house.get("/feedback/count", Cookie=f"{COOKIE}={after}").status == 200


ELSEWHERE = [
    "//evil.example",
    "https://evil.example",
    "\\\\evil.example",
    "/\\evil",
    "javascript:alert(1)",
    "modele/../x",
    "%0d%0aX: y",
]


@pytest.mark.attack("open redirect")
@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(house: House, elsewhere: str) -> None:
    hidden, nonce = house.form()
    reply = house.submit_form("infirmier", PASSWORD, hidden, nonce, next_page=elsewhere)
    assert (reply.status, reply.header("location")) == (303, "/")


def test_signing_in_leads_back_to_the_page_that_was_asked_for(house: House) -> None:
    assert house.log_in("infirmier", next_page="regles").header("location") == "/regles"


@pytest.mark.attack("guessing passwords")
def test_the_cookie_is_for_this_site_alone_and_unreadable_to_scripts(house: House) -> None:
    told = next(value for name, value in house.log_in("infirmier").headers if name == "set-cookie")
    assert all(part in told for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"))
    assert "Domain" not in told


@pytest.mark.attack("guessing passwords")
def test_wrong_passwords_close_the_name_even_to_the_right_one_and_from_any_forwarded_address(
    house: House, noted: Noted
) -> None:
    for number in range(FREE_ATTEMPTS["name"] + 1):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        assert house.submit_form("medecin", "wrong" * 4, *house.form(), **headers).status in (403, 429)
    reply = house.log_in("medecin")
    assert reply.status == 429
    assert int(reply.header("retry-after")) >= 1
    assert noted.reasons()[-1] == "attempts"
    assert house.log_in("infirmier").status == 303


@pytest.mark.attack("guessing passwords")
def test_a_wrong_password_and_an_unknown_or_disabled_name_are_answered_alike(house: House) -> None:
    house.access.accounts.disable("medecin")
    try:
        known, unknown, shut = (house.log_in(name, "wrong" * 4) for name in ("infirmier", "nobody", "medecin"))
        right_but_shut = house.log_in("medecin")
    finally:
        house.access.accounts.disable("medecin", False)
    assert {reply.status for reply in (known, unknown, shut, right_but_shut)} == {403}
    assert len({said(reply.body) for reply in (known, unknown, shut, right_but_shut)}) == 1


def said(page: str) -> str:
    return page.partition('role="alert">')[2].partition("</p>")[0]


@pytest.mark.attack("guessing passwords")
@pytest.mark.parametrize(
    "name", ["' OR 1=1 --", 'x"; DROP TABLE accounts; --', "\x00", "infirmier\n", "İnfirmier", "*"]
)
def test_a_name_is_only_a_name(house: House, name: str) -> None:
    assert house.log_in(name, "wrong" * 4).status in (303, 403)
    assert house.log_in(name, "' OR '1'='1").status == 403
    assert house.access.accounts.find("infirmier") is not None


@pytest.mark.attack("HTML injection")
@pytest.mark.parametrize(
    "text", ['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>", "' autofocus onfocus=alert(1) x='"]
)
def test_nothing_typed_or_asked_for_comes_back_as_html(house: House, text: str) -> None:
    typed = house.log_in(text, text)
    asked = house.get(f"/login?{urlencode({'next': text, 'lang': text})}")
    for page in (typed.body, asked.body):
        assert text not in page
        assert "<script" not in page
        assert "onerror=alert(1)>" not in page.replace("&gt;", "")


@pytest.mark.attack("first administrator")
def test_the_setup_page_is_gone_once_there_is_an_administrator(house: House) -> None:
    assert house.get("/setup").header("location") == "/login"
    assert house.send("POST", "/setup", b"token=x&name=mallory&password=x", FORM).header("location") == "/login"
    assert house.access.accounts.invite_first() is None


def tried(house: House, name: str, password: str, known: str) -> int:
    return house.log_in(name, password, cookie=f"{KNOWN}={known}").status


def go_on_for_hours(house: House) -> None:
    """Who guesses on makes every delay that he has caused a long one."""
    with house.access.throttle._vault.transaction() as db:
        db.execute("UPDATE attempts SET blocked_until = blocked_until + 900 WHERE blocked_until > 0")


@pytest.mark.attack("shutting somebody out")
def test_a_stranger_who_never_stops_guessing_keeps_nobody_out_of_her_own_station(house: House) -> None:
    known = house.log_in("infirmier").cookie(KNOWN) or ""
    for _ in range(FREE_ATTEMPTS["name"]):
        house.access.throttle.begin("infirmier", "192.0.2.1")
    for number in range(FREE_ATTEMPTS["address"]):
        house.access.throttle.begin(f"nobody{number}", "127.0.0.1")
    go_on_for_hours(house)
    assert house.log_in("infirmier").status == 429
    assert tried(house, "infirmier", PASSWORD, "x" * 43) == 429
    assert tried(house, "infirmier", PASSWORD, known) == 303


@pytest.mark.attack("shutting somebody out")
@pytest.mark.parametrize("guessed", ["medecin", "infirmier"])
def test_a_known_station_has_no_more_guesses_than_a_stranger_and_only_for_who_signed_in_there(
    house: House, guessed: str
) -> None:
    known = house.log_in("infirmier").cookie(KNOWN) or ""
    assert [tried(house, guessed, "wrong" * 4, known) for _ in range(FREE_ATTEMPTS["name"])] == [403] * 4
    go_on_for_hours(house)
    assert tried(house, guessed, PASSWORD, known) == 429
    assert (house.log_in(guessed).status == 429) == (guessed == "medecin")
