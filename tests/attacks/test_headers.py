"""Headers that claim to be somebody, to come from here, or to be meant for us."""

import pytest

from tests.attacks.conftest import Noted
from tests.attacks.house import House

pytestmark = pytest.mark.slow

SPOOFED = [
    {"X-Forwarded-User": "administrateur"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "127.0.0.1"},
    {"X-Real-IP": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1;proto=https"},
    {"Remote-User": "administrateur"},
    {"X-Remote-User": "administrateur"},
    {"X-Streamlit-User": "eyJlbWFpbCI6ImFkbWluaXN0cmF0ZXVyIn0="},
    {"X-Medtriage-User": "administrateur", "X-Medtriage-Role": "administrateur"},
    {"X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz"},
    {"X-HTTP-Method-Override": "GET"},
]


@pytest.mark.attack("spoofed header")
@pytest.mark.parametrize("headers", SPOOFED, ids=lambda told: ",".join(told))
def test_a_header_makes_nobody_somebody(house: House, noted: Noted, headers: dict[str, str]) -> None:
    assert house.send("GET", "/feedback/count", headers=headers).status == 401
    assert house.send("GET", "/feedback/retrain/x", headers=headers, as_role="infirmier").status == 403
    assert house.handshake({"Origin": house.origin} | headers) == 403
    assert noted.reasons() == ["session", "role", "session"]


FOREIGN_HOSTS = ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "evil.example:80", "10.0.0.1", ""]


@pytest.mark.attack("DNS rebinding")
@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_host_that_is_not_ours_is_refused_on_every_door(house: House, noted: Noted, host: str) -> None:
    assert house.send("GET", "/feedback/count", headers={"Host": host}, as_role="infirmier").status == 403
    assert house.send("GET", "/login", headers={"Host": host}).status == 403
    assert house.handshake({"Host": host}, as_role="infirmier") == 403
    assert noted.reasons() == ["host", "host", "host"]


FOREIGN_ORIGINS = [
    "http://evil.example",
    "https://127.0.0.1",
    "null",
    "file://",
    "http://127.0.0.1:1",
    "http://localhost",
]


@pytest.mark.attack("foreign origin")
@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_an_origin_that_is_not_ours_is_refused_on_every_door(house: House, noted: Noted, origin: str) -> None:
    headers = {"Origin": origin}
    assert house.send("POST", "/feedback/submit", b"{}", headers, as_role="infirmier").status == 403
    assert house.send("POST", "/logout", b"", headers, as_role="infirmier").status == 403
    assert house.handshake(headers, as_role="infirmier") == 403
    assert noted.reasons() == ["origin", "origin", "origin"]


@pytest.mark.attack("foreign origin")
def test_a_browser_that_says_cross_site_may_change_nothing(house: House, noted: Noted) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert house.send("POST", "/logout", b"", headers, as_role="infirmier").status == 403
    assert house.send("GET", "/feedback/count", headers=headers, as_role="infirmier").status == 200
    assert noted.reasons() == ["origin"]


@pytest.mark.attack("framing and sniffing")
@pytest.mark.parametrize("path", ["/", "/login", "/healthz", "/feedback/count", "/unknown"])
def test_every_answer_refuses_frames_sniffing_and_foreign_scripts(house: House, path: str) -> None:
    reply = house.get(path, "infirmier")
    policy = reply.header("content-security-policy")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert (reply.header("x-frame-options"), reply.header("x-content-type-options")) == ("DENY", "nosniff")
    assert reply.header("permissions-policy")
    assert reply.header("referrer-policy") in ("no-referrer", "same-origin")
    assert reply.header("server") == ""
