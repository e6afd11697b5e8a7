"""Who a request comes from: read from the connection, from one cookie or one token, and from nothing else it says."""

from collections.abc import Iterator
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from app.access.door import Access
from app.access.options import AccessOptions
from app.access.sessions import ENDED, Standing
from app.guards import Scope

PERSON = "medtriage.person"  # where the guard leaves the person in the scope of a request
_BEARER = "bearer "


def header(scope: Scope, name: bytes) -> Iterator[str]:
    """Every value of a header."""
    return (value.decode("latin-1").strip() for key, value in scope["headers"] if key.lower() == name)


def address_of(scope: Scope, options: AccessOptions) -> str:
    """The client's address; a proxy we trust may name it, anyone else's ``X-Forwarded-For`` is not read."""
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if address not in options.trusted_proxies:
        return address
    told = [part.strip() for value in header(scope, b"x-forwarded-for") for part in value.split(",")]
    return next((part for part in reversed(told) if part not in options.trusted_proxies), address)


def cookie_of(scope: Scope, name: str) -> str | None:
    """The value of one cookie; ``None`` when it is absent, unreadable, or told more than once."""
    values = []
    for line in header(scope, b"cookie"):
        try:
            jar = SimpleCookie(line)
        except CookieError:
            return None
        values += [jar[name].value] if name in jar else []
    return values[0] if len(values) == 1 else None


def standing_of(scope: Scope, access: Access) -> Standing:
    """How the sender of a request stands. A token takes the place of the cookie, right or wrong."""
    told = list(header(scope, b"authorization"))
    if told:
        is_token = len(told) == 1 and told[0].lower().startswith(_BEARER)
        machine = access.tokens.machine(told[0][len(_BEARER) :].strip()) if is_token else None
        return ENDED if machine is None else Standing("open", machine)
    return access.sessions.standing(cookie_of(scope, access.cookie_name))


def foreign_part(scope: Scope, options: AccessOptions) -> str | None:
    """``host`` or ``origin`` when a request was meant for another site or sent by one, else ``None``.

    A browser that was lured to us by DNS rebinding names the lure's host, another site's page its own origin.
    """
    hosts = list(header(scope, b"host"))
    if len(hosts) != 1 or _name(hosts[0]) not in options.host_names:
        return "host"
    schemes = ("https",) if options.has_tls else ("http",)
    ours = {f"{scheme}://{hosts[0].lower()}" for scheme in schemes}
    if not all(origin.lower() in ours for origin in header(scope, b"origin")):
        return "origin"
    sites = set(header(scope, b"sec-fetch-site"))
    is_reading = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    return "origin" if not is_reading and "cross-site" in sites else None


def _name(host: str) -> str | None:
    try:
        told = urlsplit(f"//{host}")
        port = told.port
    except ValueError:
        return None
    is_plain = told.username is None and told.password is None and not (told.path or told.query or told.fragment)
    return told.hostname if is_plain and (port is None or port > 0) else None
