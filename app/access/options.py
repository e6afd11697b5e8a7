"""The settings of who may come in, and the rules that a server must obey before it listens."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from app.access.loopback import is_loopback
from app.access.permissions import ROLES

_NAME_OF_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}")
SECRET_VARIABLES = (
    "MEDTRIAGE_SECRET",
    "MEDTRIAGE_OIDC_CLIENT_SECRET",
    "MEDTRIAGE_LLM_API_KEY",
    "MISTRAL_API_KEY",
    "OPENAI_API_KEY",
)
_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - told apart from names, not listened on
OIDC_NEEDED = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "public_url")


class AccessOptions(BaseSettings):
    """Part of ``Settings``. Times in minutes and hours; lists are written with commas."""

    auth: Literal["demo", "local", "oidc"] = "demo"
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    secret: SecretStr | None = None
    idle_minutes: Annotated[float, Field(gt=0, le=480)] = 10
    session_hours: Annotated[float, Field(gt=0, le=24)] = 12
    allowed_hosts: str = ""
    public_url: str = ""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_tls_proxy: bool = False
    proxy_addresses: str = "127.0.0.1,::1"
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_user_claim: Annotated[str, Field(min_length=1)] = "sub"
    oidc_role_claim: Annotated[str, Field(min_length=1)] = "role"
    oidc_roles: str = ",".join(f"{role}={role}" for role in ROLES)

    @property
    def has_tls(self) -> bool:
        """Whether browsers reach us over TLS, ours or a proxy's: cookies are ``Secure`` then."""
        return self.behind_tls_proxy or self.tls_cert is not None

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names a ``Host`` header may bear, in small letters, without a port."""
        named = [self.host.strip("[]"), "127.0.0.1", "localhost", "::1", *_listed(self.allowed_hosts)]
        public = urlsplit(self.public_url).hostname
        names = (name.lower() for name in (*named, public or "") if name not in _EVERY_ADDRESS)
        return tuple(dict.fromkeys(names))

    @property
    def trusted_proxies(self) -> frozenset[str]:
        """The addresses whose word on a client's address is believed; none without ``behind_tls_proxy``."""
        return frozenset(_listed(self.proxy_addresses)) if self.behind_tls_proxy else frozenset()

    @property
    def roles_of_claim(self) -> dict[str, str]:
        """The value of the provider's role claim to a role of ours."""
        pairs = (pair.partition("=") for pair in _listed(self.oidc_roles))
        return {claim.strip(): role.strip() for claim, _, role in pairs}


def without_secrets(variables: Mapping[str, str]) -> dict[str, str]:
    """What a job in a process of its own needs to know; keys and secrets are none of it."""
    return {name: value for name, value in variables.items() if name not in SECRET_VARIABLES}


def obstacles(options: AccessOptions) -> tuple[str, ...]:
    """Why a server may not be started so, one sentence each; empty when it may."""
    if options.auth == "demo":
        return _demo(options)
    return (*_hosts(options), *_transport(options), *(_oidc(options) if options.auth == "oidc" else ()))


def _demo(options: AccessOptions) -> tuple[str, ...]:
    if is_loopback(options.host):
        return ()
    return (f"MEDTRIAGE_HOST={options.host}: demo has no login and listens on loopback only, 127.0.0.1 or localhost",)


def _hosts(options: AccessOptions) -> tuple[str, ...]:
    wrong = [name for name in _listed(options.allowed_hosts) if not _NAME_OF_HOST.fullmatch(name)]
    return tuple(f"MEDTRIAGE_ALLOWED_HOSTS: {name} is not the name of a host" for name in wrong)


def _transport(options: AccessOptions) -> tuple[str, ...]:
    if (options.tls_cert is None) is not (options.tls_key is None):
        return ("MEDTRIAGE_TLS_CERT and MEDTRIAGE_TLS_KEY go together",)
    missing = [str(path) for path in (options.tls_cert, options.tls_key) if path is not None and not path.is_file()]
    if missing:
        return (f"MEDTRIAGE_TLS_CERT, MEDTRIAGE_TLS_KEY: {', '.join(missing)} cannot be read",)
    if options.has_tls or is_loopback(options.host):
        return ()
    return (
        f"MEDTRIAGE_HOST={options.host}: passwords would cross the network in clear; set MEDTRIAGE_TLS_CERT and "
        "MEDTRIAGE_TLS_KEY, or MEDTRIAGE_BEHIND_TLS_PROXY=true when a proxy in front of us does TLS",
    )


def _oidc(options: AccessOptions) -> tuple[str, ...]:
    missing = [f"MEDTRIAGE_{name.upper()}" for name in OIDC_NEEDED if not getattr(options, name)]
    if missing:
        return (f"MEDTRIAGE_AUTH=oidc needs {', '.join(missing)}",)
    told = []
    for name in ("oidc_issuer", "public_url"):
        url = urlsplit(getattr(options, name))
        if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.hostname or "")):
            told.append(f"MEDTRIAGE_{name.upper()}: must be https:// (http:// on loopback only)")
    if not options.roles_of_claim or set(options.roles_of_claim.values()) - set(ROLES):
        told.append(f"MEDTRIAGE_OIDC_ROLES: claim=role pairs, with a role among {', '.join(ROLES)}")
    return tuple(told)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
