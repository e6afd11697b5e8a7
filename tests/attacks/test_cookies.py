"""Cookies and tokens that are forged, replayed, borrowed or out of date."""

import base64

import pytest
from itsdangerous import URLSafeTimedSerializer

from app.access.door import Access
from tests.attacks.conftest import Noted
from tests.attacks.house import House

pytestmark = pytest.mark.slow
COOKIE = "medtriage_session"


def with_cookie(house: House, value: str) -> int:
    return house.get("/feedback/count", Cookie=f"{COOKIE}={value}").status


def forged(house: House) -> dict[str, str]:
    real = house.cookie_of("administrateur")
    payload, moment, signature = real.split(".")
    admin = base64.urlsafe_b64encode(b'"administrateur"').decode().rstrip("=")
    other_key = URLSafeTimedSerializer("k" * 40, salt="medtriage.session").dumps("x" * 43)
    return {
        "empty": "",
        "no signature": payload,
        "signature of another": f"{payload}.{moment}.{signature[:-4]}AAAA",
        "another payload": f"{admin}.{moment}.{signature}",
        "later moment": f"{payload}.zzzzzz.{signature}",
        "another key": other_key,
        "another purpose": house.access.seal("form").sign("x"),
        "signed, of no session": house.access.seal("session").sign("y" * 43),
        "far too long": "A" * 5000,
        "a name and a role": "administrateur",
        "none algorithm": "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW5pc3RyYXRldXIifQ.",
        "null bytes": "%00%00",
    }


@pytest.mark.attack("forged cookie")
@pytest.mark.parametrize("kind", list(range(12)))
def test_a_forged_cookie_opens_nothing(house: House, noted: Noted, kind: int) -> None:
    value = list(forged(house).values())[kind]
    assert with_cookie(house, value) == 401
    assert house.handshake({"Origin": house.origin, "Cookie": f"{COOKIE}={value}"}) == 403
    assert noted.reasons() == ["session", "session"]


@pytest.mark.attack("replayed cookie")
def test_a_cookie_replayed_after_logout_opens_nothing(house: House, noted: Noted) -> None:
    cookie = house.log_in("infirmier").cookie(COOKIE) or ""
    assert with_cookie(house, cookie) == 200
    assert house.send("POST", "/logout", headers={"Cookie": f"{COOKIE}={cookie}"}).status == 303
    assert with_cookie(house, cookie) == 401
    assert house.handshake({"Cookie": f"{COOKIE}={cookie}"}) == 403
    assert noted.reasons() == ["session", "session"]


@pytest.mark.attack("replayed cookie")
@pytest.mark.parametrize("change", ["disabled", "password", "sessions ended"])
def test_a_cookie_replayed_after_its_account_was_shut_opens_nothing(house: House, change: str) -> None:
    access, cookie = house.access, house.cookie_of("medecin")
    assert with_cookie(house, cookie) == 200
    if change == "disabled":
        access.accounts.disable("medecin")
    elif change == "password":
        access.accounts.change_password("medecin", "un mot de passe de test")
    else:
        access.accounts.end_sessions("medecin")
    assert with_cookie(house, cookie) == 401
    access.accounts.disable("medecin", False)
    assert with_cookie(house, cookie) == 401


@pytest.mark.attack("replayed cookie")
def test_a_changed_role_counts_from_the_next_request_on(house: House) -> None:
    cookie = house.cookie_of("administrateur")
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    assert house.send("GET", "/feedback/retrain/x", headers=headers).status == 404
    house.access.accounts.change_role("administrateur", "infirmier")
    try:
        assert house.send("GET", "/feedback/retrain/x", headers=headers).status == 403
    finally:
        house.access.accounts.change_role("administrateur", "administrateur")


@pytest.mark.attack("forged cookie")
def test_two_cookies_of_the_same_name_are_none(house: House) -> None:
    ours = house.cookie_of("infirmier")
    assert house.send("GET", "/feedback/count", headers={"Cookie": f"{COOKIE}={ours}"}).status == 200
    raw = f"GET /feedback/count HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nConnection: close\r\n"
    raw += f"Cookie: {COOKIE}={ours}\r\nCookie: {COOKIE}={ours}\r\n\r\n"
    assert house.raw(raw.encode()).startswith(b"HTTP/1.1 401")


@pytest.mark.attack("forged token")
@pytest.mark.parametrize(
    "told",
    [
        "Bearer mt_000000000000_" + "A" * 43,
        "Bearer mt__",
        "Bearer ",
        "Basic YWRtaW5pc3RyYXRldXI6YWRtaW4=",
        "Bearer eyJhbGciOiJub25lIn0.eyJzY29wZSI6InJldHJhaW4ifQ.",
        "mt_x",
    ],
)
def test_a_forged_token_opens_nothing_even_beside_a_good_cookie(house: House, noted: Noted, told: str) -> None:
    reply = house.send("GET", "/feedback/count", headers={"Authorization": told}, as_role="administrateur")
    assert reply.status == 401
    assert noted.reasons() == ["session"]


@pytest.mark.attack("forged token")
def test_a_revoked_token_a_cut_one_and_an_old_one_open_nothing(house: House) -> None:
    def status(token: str) -> int:
        return house.send("GET", "/feedback/count", headers={"Authorization": f"Bearer {token}"}).status

    token = house.access.tokens.add("machine", ["stats"])
    assert status(token) == 200
    assert status(token[:-1]) == status(token[:-1] + ("A" if token[-1] != "A" else "B")) == 401
    house.access.tokens.revoke(token.split("_")[1])
    assert status(token) == 401
    late = Access(house.folder / "data" / "access", house.access.options, clock=lambda: 1_000_000_000.0)
    assert status(late.tokens.add("old", ["stats"], days=1)) == 401


@pytest.mark.attack("forged token")
def test_secrets_are_kept_nowhere_in_clear_and_no_file_of_them_is_open_to_others(house: House) -> None:
    token, cookie = house.access.tokens.add("machine", ["stats"]), house.cookie_of("infirmier")
    folder = house.folder / "data" / "access"
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert token.rpartition("_")[2].encode() not in kept
    assert cookie.split(".")[0].encode() not in kept
    assert b"un mot de passe de test" not in kept
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}
