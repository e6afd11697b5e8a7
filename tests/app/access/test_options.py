"""Which settings a server may be started with, and whose word on an address is believed."""

from pathlib import Path

import pytest

from app.access.options import SECRET_VARIABLES, obstacles, without_secrets
from app.access.visitor import address_of
from app.settings import Settings, _readable_secrets

OIDC = {
    "auth": "oidc",
    "oidc_issuer": "https://sso.example",
    "oidc_client_id": "medtriage",
    "oidc_client_secret": "s",
    "public_url": "https://tri.example",
}
REFUSED = [
    ({"auth": "demo", "host": "10.0.0.4"}, "loopback only"),
    ({"auth": "local", "host": "10.0.0.4"}, "in clear"),
    ({"auth": "local", "host": "0.0.0.0"}, "MEDTRIAGE_BEHIND_TLS_PROXY"),  # noqa: S104 - must be refused
    ({"auth": "local", "tls_cert": Path("/nowhere.pem")}, "go together"),
    ({"auth": "local", "tls_cert": Path("/nowhere.pem"), "tls_key": Path("/nowhere.key")}, "cannot be read"),
    ({"auth": "local", "allowed_hosts": "ok.example,not a host"}, "not a host"),
    ({"auth": "oidc"}, "MEDTRIAGE_OIDC_ISSUER, MEDTRIAGE_OIDC_CLIENT_ID, MEDTRIAGE_OIDC_CLIENT_SECRET"),
    (OIDC | {"oidc_issuer": "http://sso.example"}, "MEDTRIAGE_OIDC_ISSUER"),
    (OIDC | {"public_url": "http://tri.example"}, "MEDTRIAGE_PUBLIC_URL"),
    (OIDC | {"oidc_roles": "ioa=chef"}, "MEDTRIAGE_OIDC_ROLES"),
    (OIDC | {"host": "10.0.0.4"}, "in clear"),
]


@pytest.mark.parametrize(("told", "said"), REFUSED)
def test_a_server_is_not_started_so_and_the_variable_is_named(told: dict[str, object], said: str) -> None:
    assert said in "\n".join(obstacles(Settings(**told)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "told",
    [{"auth": "demo"}, {"auth": "local"}, {"auth": "local", "host": "10.0.0.4", "behind_tls_proxy": True}, OIDC],
)
def test_a_server_is_started_so(told: dict[str, object]) -> None:
    assert obstacles(Settings(**told)) == ()  # type: ignore[arg-type]


def test_tls_makes_the_cookie_secure_and_the_public_name_ours() -> None:
    settings = Settings(**OIDC, behind_tls_proxy=True)  # type: ignore[arg-type]
    assert settings.has_tls
    assert "tri.example" in settings.host_names


def test_a_proxy_names_the_client_only_when_we_were_told_to_trust_it() -> None:
    scope = {
        "client": ("127.0.0.1", 5000),
        "headers": [(b"x-forwarded-for", b"6.6.6.6, 192.0.2.7"), (b"x-forwarded-for", b"127.0.0.1")],
    }
    assert address_of(scope, Settings(auth="local")) == "127.0.0.1"
    assert address_of(scope, Settings(auth="local", behind_tls_proxy=True)) == "192.0.2.7"
    assert address_of(scope | {"client": ("192.0.2.9", 1)}, Settings(behind_tls_proxy=True)) == "192.0.2.9"


@pytest.mark.parametrize(
    ("mode", "text", "is_refused"),
    [
        (0o644, "MEDTRIAGE_SECRET=x", True),
        (0o640, "MEDTRIAGE_OIDC_CLIENT_SECRET=x", True),
        (0o600, "MEDTRIAGE_SECRET=x", False),
        (0o644, "MEDTRIAGE_PORT=8501", False),
    ],
)
def test_secrets_in_a_file_that_others_can_read_are_refused(
    tmp_path: Path, mode: int, text: str, is_refused: bool
) -> None:
    file = tmp_path / ".env"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    assert bool(_readable_secrets(file)) is is_refused
    assert _readable_secrets(tmp_path / "absent") == ()


def test_a_job_in_its_own_process_is_told_no_secret() -> None:
    told = dict.fromkeys(SECRET_VARIABLES, "s") | {"MEDTRIAGE_PORT": "8501"}
    assert without_secrets(told) == {"MEDTRIAGE_PORT": "8501"}
