"""Signing in with an OpenID Connect provider (Pro Santé Connect, Keycloak ...): authorization code with PKCE.

The provider says who it is and, in one claim, what role; a role we do not know comes in nowhere. The session is then
ours: idle lock, end and revocation as with a password. Authlib is imported when the first person signs in.
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.access.loopback import is_loopback
from app.access.options import AccessOptions
from triage_core.errors import MedTriageError

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

COOKIE = "medtriage_oidc"
JOURNEY_S = 600
TIMEOUT_S = 10
LEEWAY_S = 60
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}")
Claims = dict[str, Any]  # a JSON document of the provider's


class ProviderFault(MedTriageError):
    """The provider does not answer, or its word cannot be believed; the message holds no claim's value."""


@dataclass(frozen=True)
class Journey:
    """What this browser took along to the provider and must bring back."""

    state: str
    nonce: str
    verifier: str

    def packed(self) -> str:
        """As one text, to be sealed into a cookie."""
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str | None) -> "Journey":
        """Raises ``ProviderFault`` when nothing was brought back."""
        if text is None:
            raise ProviderFault("no journey was begun in this browser")
        return cls(**json.loads(text))


def departure(options: AccessOptions) -> tuple[str, Journey]:
    """Where to send the browser, and what it takes along. Raises ``ProviderFault``."""
    journey = Journey(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    endpoint = _metadata(options)["authorization_endpoint"]
    url, _ = _client(options).create_authorization_url(
        endpoint, state=journey.state, nonce=journey.nonce, code_verifier=journey.verifier, prompt="login"
    )
    return str(url), journey


def arrival(options: AccessOptions, journey: Journey, told: dict[str, str]) -> tuple[str, str]:
    """The person and the role of ours. Raises ``ProviderFault`` for anything that is not as it should be."""
    if not secrets.compare_digest(told.get("state", ""), journey.state) or not told.get("code"):
        raise ProviderFault("the state that came back is not the one that left")
    metadata = _metadata(options)
    claims = _checked_claims(options, metadata, journey, _exchange(options, metadata, journey, told["code"]))
    user_id = claims.get(options.oidc_user_claim)
    if not isinstance(user_id, str) or not _USER.fullmatch(user_id):
        raise ProviderFault(f"the claim '{options.oidc_user_claim}' names nobody")
    return user_id.casefold(), _role(options, claims)


def _role(options: AccessOptions, claims: Claims) -> str:
    told = claims.get(options.oidc_role_claim)
    values = told if isinstance(told, list) else [told]
    known = {options.roles_of_claim[value] for value in values if value in options.roles_of_claim}
    if len(known) != 1:
        raise ProviderFault(f"the claim '{options.oidc_role_claim}' names no role of ours, or several")
    return known.pop()


def _exchange(options: AccessOptions, metadata: Claims, journey: Journey, code: str) -> Claims:
    from authlib.common.errors import AuthlibBaseError
    from requests import RequestException

    client = _client(options)
    try:
        told: Claims = client.fetch_token(
            metadata["token_endpoint"], code=code, code_verifier=journey.verifier, timeout=TIMEOUT_S
        )
    except (AuthlibBaseError, RequestException, ValueError) as fault:
        raise ProviderFault(f"the code was not accepted ({type(fault).__name__})") from fault
    return told


def _checked_claims(options: AccessOptions, metadata: Claims, journey: Journey, token: Claims) -> Claims:
    """The claims of the ID token, its signature, issuer, audience, age and nonce checked, and those of userinfo."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    wanted = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_S,
        iss={"essential": True, "value": metadata["issuer"]},
        aud={"essential": True, "value": options.oidc_client_id},
        nonce={"essential": True, "value": journey.nonce},
        sub={"essential": True},
        exp={"essential": True},
    )
    try:
        keys = KeySet.import_key_set({"keys": _get(metadata["jwks_uri"])["keys"]})
        decoded = jwt.decode(str(token.get("id_token", "")), keys, algorithms=list(ALGORITHMS))
        wanted.validate(decoded.claims)
    except (JoseError, ValueError, KeyError) as fault:
        raise ProviderFault(f"the ID token is not valid ({type(fault).__name__})") from fault
    claims: Claims = dict(decoded.claims)
    return claims if options.oidc_role_claim in claims else claims | _userinfo(metadata, token, claims)


def _userinfo(metadata: Claims, token: Claims, claims: Claims) -> Claims:
    if "userinfo_endpoint" not in metadata or "access_token" not in token:
        return {}
    told = _get(metadata["userinfo_endpoint"], {"Authorization": f"Bearer {token['access_token']}"})
    if told.get("sub") != claims["sub"]:
        raise ProviderFault("userinfo speaks of somebody else")
    return {name: value for name, value in told.items() if name not in claims}


def _metadata(options: AccessOptions) -> Claims:
    issuer = options.oidc_issuer.rstrip("/")
    told = _get(f"{issuer}/.well-known/openid-configuration")
    if str(told.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderFault("the provider names another issuer")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(_is_safe(str(told.get(name, ""))) for name in needed):
        raise ProviderFault("the provider's metadata lack an endpoint over https")
    return told


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _get(url: str, headers: dict[str, str] | None = None) -> Claims:
    import requests

    try:
        answer = requests.get(url, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
        answer.raise_for_status()
        told = answer.json()
    except (requests.RequestException, ValueError) as fault:
        raise ProviderFault(f"the provider does not answer ({type(fault).__name__})") from fault
    if not isinstance(told, dict):
        raise ProviderFault("the provider's answer is not an object")
    return told


def _client(options: AccessOptions) -> "OAuth2Session":
    from authlib.integrations.requests_client import OAuth2Session

    secret = options.oidc_client_secret
    return OAuth2Session(
        options.oidc_client_id,
        None if secret is None else secret.get_secret_value(),
        scope="openid email profile",
        redirect_uri=f"{options.public_url.rstrip('/')}/oidc/callback",
        code_challenge_method="S256",
    )
