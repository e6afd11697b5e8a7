"""A first start with accounts, over TLS: the token in the terminal, the page it opens once, the Secure cookie."""

import datetime
import ipaddress
import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.settings import ROOT
from tests.attacks.house import PASSWORD, free_port

pytestmark = pytest.mark.slow


def certificate(folder: Path) -> dict[str, str]:
    """A certificate of our own for 127.0.0.1, as the settings name it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now, names = datetime.datetime.now(datetime.UTC), [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    signed = built.add_extension(x509.SubjectAlternativeName(names), False).sign(key, hashes.SHA256())
    plain, pem = serialization.NoEncryption(), serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(signed.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return {"MEDTRIAGE_TLS_CERT": str(folder / "cert.pem"), "MEDTRIAGE_TLS_KEY": str(folder / "key.pem")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first")


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    port = free_port()
    (folder / "models" / "champion").mkdir(parents=True)
    own = certificate(folder) | {
        "MEDTRIAGE_AUTH": "local",
        "MEDTRIAGE_PORT": str(port),
        "MEDTRIAGE_DATA_DIR": str(folder / "data"),
        "MEDTRIAGE_MODELS_DIR": str(folder / "models"),
    }
    with (folder / "out.txt").open("wb") as out, (folder / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "app.server"], cwd=ROOT, env=os.environ | own, stdout=out, stderr=log
        )
        try:
            wait_for(port, folder, server)
            yield f"https://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def wait_for(port: int, folder: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, (folder / "log.txt").read_text("utf-8")
        try:
            ssl.get_server_certificate(("127.0.0.1", port), timeout=2)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def test_the_token_of_the_terminal_makes_the_first_administrator_once(base: str, folder: Path) -> None:
    token = re.search(r"good for a day: (\S+)", (folder / "out.txt").read_text("utf-8"))
    assert token is not None
    assert token[1] not in (folder / "log.txt").read_text("utf-8")
    browser = requests.Session()
    browser.trust_env, browser.verify = False, str(folder / "cert.pem")
    assert browser.get(f"{base}/login").url == f"{base}/setup"
    typed = {"token": token[1], "name": "chef", "password": PASSWORD}
    assert sent(browser, base, "/setup", typed | {"token": "wrong"}).status_code == 403
    assert sent(browser, base, "/setup", typed).status_code == 303
    assert browser.get(f"{base}/setup").url == f"{base}/login"
    entered = sent(browser, base, "/login", typed)
    assert entered.status_code == 303
    cookie = next(part for part in entered.headers["set-cookie"].split(", ") if "session" in part)
    assert cookie.startswith("__Host-medtriage_session=")
    assert "Secure" in cookie
    assert entered.headers["strict-transport-security"]
    assert browser.get(f"{base}/feedback/count").json() == {"count": 0}


def sent(browser: requests.Session, base: str, path: str, typed: dict[str, str]) -> requests.Response:
    hidden = re.search(r'name="form" value="([^"]+)"', browser.get(f"{base}{path}").text)
    assert hidden is not None
    return browser.post(f"{base}{path}", data=typed | {"form": hidden[1]}, allow_redirects=False)
