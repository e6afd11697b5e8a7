"""The doorkeeper: accounts, sessions, tokens and the throttle of one data folder, as one thing to ask."""

import time
from collections.abc import Callable
from pathlib import Path

from app.access.accounts import Account, Accounts
from app.access.devices import Devices
from app.access.drafts import Drafts
from app.access.errors import AccessRefused
from app.access.keys import Keys, Seal
from app.access.options import AccessOptions
from app.access.sessions import Sessions
from app.access.throttle import Throttle
from app.access.tokens import Tokens
from app.access.vault import Vault
from app.logs import log_event

COOKIE, DEVICE_COOKIE, SECURE = "medtriage_session", "medtriage_known", "__Host-"


class Access:
    """Everything about who may come in. ``clock`` gives seconds since the epoch."""

    def __init__(self, folder: Path, options: AccessOptions, clock: Callable[[], float] = time.time) -> None:
        given = None if options.secret is None else options.secret.get_secret_value()
        vault = Vault(folder)
        self.options = options
        self.keys = Keys(folder, given)
        self.accounts = Accounts(vault, clock)
        self.throttle = Throttle(vault, clock)
        self.devices = Devices(vault, clock)
        self.tokens = Tokens(vault, clock)
        self.sessions = Sessions(
            vault, self.keys, options.auth, options.idle_minutes * 60, options.session_hours * 3600, clock
        )
        self.drafts = Drafts(clock)

    @property
    def cookie_name(self) -> str:
        """The name of our cookie; over TLS one that no other site and no plain page can set."""
        return f"{SECURE}{COOKIE}" if self.options.has_tls else COOKIE

    @property
    def device_cookie_name(self) -> str:
        """The cookie of a browser somebody has signed in from."""
        return f"{SECURE}{DEVICE_COOKIE}" if self.options.has_tls else DEVICE_COOKIE

    def seal(self, purpose: str) -> Seal:
        """A signature for one purpose."""
        return Seal(self.keys.newest_first, purpose)

    def sign_in(
        self, name: str, password: str, address: str, earlier_cookie: str | None = None, device: str | None = None
    ) -> tuple[Account, str]:
        """The account and the cookie of its new session; the earlier one of this browser, ``device``, ends.

        Raises ``TooManyAttempts``, ``AccessRefused``: the same for a wrong name, a wrong password, a disabled account.
        """
        name = name.strip().casefold()
        known = device if self.devices.knows(device, name) else None
        self.throttle.begin(name, address, known)
        account = self.accounts.verify(name, password) if self.options.auth == "local" else None
        if account is None:
            raise AccessRefused("the name or the password is not right")
        self.throttle.succeeded(name, address, known)
        return account, self.admit(account, earlier_cookie)

    def admit(self, account: Account, earlier_cookie: str | None = None) -> str:
        """A new session for someone who has just proved who it is."""
        self.sessions.end(earlier_cookie)
        log_event("signed_in", by=account.user_id, role=account.role)
        return self.sessions.start(account)

    def sign_out(self, cookie: str | None) -> None:
        """End the session of a cookie."""
        standing = self.sessions.standing(cookie)
        self.sessions.end(cookie)
        if standing.person is not None:
            log_event("signed_out", by=standing.person.user_id)
