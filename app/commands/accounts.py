"""Who may come in: people, their roles and passwords, and the tokens of machines."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from getpass import getpass
from typing import TYPE_CHECKING

from app.access.errors import AccountFault
from app.access.permissions import ADMINISTRATOR, NURSE, PHYSICIAN, ROLES, SCOPES
from app.commands.command import OK, REFUSED, Add
from app.settings import Settings

if TYPE_CHECKING:
    from app.access.door import Access

Order = Callable[[argparse.Namespace, "Access"], int]
_ALSO = {"nurse": NURSE, "physician": PHYSICIAN, "administrator": ADMINISTRATOR}


def register(add: Add) -> None:
    """The commands of this area."""
    users = add("users", _users, "accounts, roles, passwords and the tokens of machines")
    orders = users.add_subparsers(metavar="ORDER", required=True)

    def order(name: str, run: Order, text: str, *arguments: str) -> argparse.ArgumentParser:
        sub = orders.add_parser(name, help=text, description=text)
        sub.set_defaults(order=run)
        for argument in arguments:
            sub.add_argument(argument, type=_role if argument == "role" else str)
        return sub

    _register_people(order)
    _register_tokens(order("token", _list_tokens, "tokens of machines: add, list, revoke"))


def _register_people(order: Callable[..., argparse.ArgumentParser]) -> None:
    order("list", _list, "every account with its role")
    adding = order("add", _add, "make an account; the first one needs --token and is an administrator", "name")
    adding.add_argument("--role", type=_role, default=NURSE, help=", ".join((*ROLES, *_ALSO)))
    adding.add_argument("--token", help="the one-time token of the first administrator")
    changing = order("password", _password, "set a password; open sessions of this account end", "name")
    for asking in (adding, changing):
        asking.add_argument("--password-stdin", action="store_true", help="read it from standard input, one line")
    order("role", _change_role, "change a role; open sessions follow at once", "name", "role")
    order("disable", lambda told, access: _disable(told, access, True), "shut an account; its sessions end", "name")
    order("enable", lambda told, access: _disable(told, access, False), "open a shut account again", "name")
    order("logout", _logout, "end every session of an account", "name")
    order("setup-token", _setup_token, "a new one-time token for the first administrator")
    order("rotate-secret", _rotate, "sign cookies with a new key; the one before still opens what it signed")


def _register_tokens(token: argparse.ArgumentParser) -> None:
    orders = token.add_subparsers(metavar="ORDER", required=True)
    orders.add_parser("list", help="every token, without its secret").set_defaults(order=_list_tokens)
    adding = orders.add_parser("add", help="make a token; it is shown this once")
    adding.set_defaults(order=_add_token)
    adding.add_argument("name")
    adding.add_argument("--scopes", required=True, help=f"with commas, among {', '.join(SCOPES)}")
    adding.add_argument("--days", type=_days, help="how long it lives; for ever unless told")
    revoking = orders.add_parser("revoke", help="make a token worthless")
    revoking.set_defaults(order=_revoke_token)
    revoking.add_argument("token_id")


def _users(told: argparse.Namespace, settings: Settings) -> int:
    from app.access.door import Access

    order: Order = told.order
    return order(told, Access(settings.access_dir, settings))


def _list(_told: argparse.Namespace, access: "Access") -> int:
    for account in access.accounts.all():
        shut = "  (disabled)" if account.is_disabled else ""
        print(f"{account.user_id:<24}{account.role:<16}{account.method}{shut}")
    return OK


def _add(told: argparse.Namespace, access: "Access") -> int:
    is_first = not access.accounts.has_administrator()
    if is_first and (told.token is None or told.role != ADMINISTRATOR):
        return _refuse("the first account is an administrator's and needs --token (medtriage users setup-token)")
    password = _read_password(told)
    if is_first:
        account = access.accounts.add_first(told.token, told.name, password)
    else:
        account = access.accounts.add(told.name, told.role, password)
    print(f"{account.user_id}: {account.role}")
    return OK


def _password(told: argparse.Namespace, access: "Access") -> int:
    access.accounts.change_password(told.name, _read_password(told))
    return OK


def _change_role(told: argparse.Namespace, access: "Access") -> int:
    access.accounts.change_role(told.name, told.role)
    return OK


def _disable(told: argparse.Namespace, access: "Access", is_disabled: bool) -> int:
    access.accounts.disable(told.name, is_disabled)
    return OK


def _logout(told: argparse.Namespace, access: "Access") -> int:
    access.accounts.end_sessions(told.name)
    return OK


def _setup_token(_told: argparse.Namespace, access: "Access") -> int:
    token = access.accounts.invite_first()
    if token is None:
        return _refuse("there is an administrator already, who makes the other accounts")
    print(token)
    return OK


def _rotate(_told: argparse.Namespace, access: "Access") -> int:
    if access.options.secret is not None:
        return _refuse("the keys are in MEDTRIAGE_SECRET: put a new one before the others there")
    access.keys.rotate()
    return OK


def _add_token(told: argparse.Namespace, access: "Access") -> int:
    print(access.tokens.add(told.name, [scope.strip() for scope in told.scopes.split(",")], told.days))
    return OK


def _list_tokens(_told: argparse.Namespace, access: "Access") -> int:
    for token in access.tokens.all():
        until = "" if token.expires_at is None else f"  until {datetime.fromtimestamp(token.expires_at, UTC):%Y-%m-%d}"
        shut = "  (revoked)" if token.is_revoked else ""
        print(f"{token.token_id}  {token.name:<24}{','.join(token.scopes)}{until}{shut}")
    return OK


def _revoke_token(told: argparse.Namespace, access: "Access") -> int:
    access.tokens.revoke(told.token_id)
    return OK


def _read_password(told: argparse.Namespace) -> str:
    if told.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("password: ")
    if getpass("again: ") != password:
        raise AccountFault("the two passwords differ")
    return password


def _role(text: str) -> str:
    role = _ALSO.get(text, text)
    if role not in ROLES:
        raise argparse.ArgumentTypeError(f"is one of {', '.join((*ROLES, *_ALSO))}")
    return role


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:6]) <= 3650:
        raise argparse.ArgumentTypeError("is a number of days from 1 to 3650")
    return int(text)


def _refuse(reason: str) -> int:
    print(f"medtriage: {reason}", file=sys.stderr)
    return REFUSED
