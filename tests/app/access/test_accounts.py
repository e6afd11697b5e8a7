"""Accounts: no default password, a first administrator by one token used once, wrong passwords that cost time."""

import re
from pathlib import Path

import pytest

from app.access.door import Access
from app.access.errors import AccessRefused, AccountFault, TooManyAttempts, UnsafeFile
from app.access.keys import Keys
from app.access.throttle import FREE_ATTEMPTS, LONGEST_DELAY_S
from tests.app.access.conftest import PASSWORD, Clock, with_nurse


def test_a_new_folder_has_no_account_and_no_password_that_works(access: Access) -> None:
    assert access.accounts.all() == ()
    for name, password in (("admin", "admin"), ("administrateur", ""), ("", "")):
        with pytest.raises(AccessRefused):
            access.sign_in(name, password, "10.0.0.1")


def test_the_first_administrator_comes_in_by_a_token_that_works_once(access: Access) -> None:
    token = access.accounts.invite_first()
    assert token is not None
    assert re.fullmatch("[0-9a-f]{24}", token), "a token that starts with a dash would be an option to a command"
    assert access.accounts.add_first(token, "Chef", PASSWORD).role == "administrateur"
    with pytest.raises(AccessRefused):
        access.accounts.add_first(token, "autre", PASSWORD)
    assert access.accounts.invite_first() is None


def test_a_second_invitation_replaces_the_first_and_a_day_ends_it(access: Access, clock: Clock) -> None:
    first, second = access.accounts.invite_first(), access.accounts.invite_first()
    assert first and second
    with pytest.raises(AccessRefused):
        access.accounts.add_first(first, "chef", PASSWORD)
    clock.now += 24 * 3600 + 1
    with pytest.raises(AccessRefused):
        access.accounts.add_first(second, "chef", PASSWORD)


def test_a_refused_first_account_leaves_the_token_unspent(access: Access) -> None:
    token = access.accounts.invite_first() or ""
    for name, password in (("chef", "court"), ("../chef", PASSWORD)):
        with pytest.raises(AccountFault):
            access.accounts.add_first(token, name, password)
    assert access.accounts.add_first(token, "chef", PASSWORD)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "Alice est passée par là", "x" * 257, ""])
def test_a_password_that_is_short_or_simple_or_holds_the_name_is_refused(access: Access, password: str) -> None:
    with pytest.raises(AccountFault):
        access.accounts.add("alice", "infirmier", password)


@pytest.mark.parametrize(
    ("name", "role"), [("a", "infirmier"), ("../x", "infirmier"), ("alice", "chef"), ("<b>", "medecin")]
)
def test_a_bad_name_or_role_is_refused(access: Access, name: str, role: str) -> None:
    with pytest.raises(AccountFault):
        access.accounts.add(name, role, PASSWORD)


def test_a_name_is_taken_once_however_it_is_capitalised(access: Access) -> None:
    with_nurse(access)
    with pytest.raises(AccountFault, match="already"):
        access.accounts.add("ALICE", "medecin", PASSWORD)
    assert access.sign_in(" Alice ", PASSWORD, "10.0.0.1")[0].user_id == "alice"


def test_orders_on_an_unknown_account_are_refused(access: Access) -> None:
    for order in (access.accounts.disable, access.accounts.end_sessions):
        with pytest.raises(AccountFault, match="no account"):
            order("nobody")


def test_delays_grow_survive_a_restart_and_are_forgotten_after_a_success(
    access: Access, clock: Clock, tmp_path: Path
) -> None:
    with_nurse(access)
    for _ in range(FREE_ATTEMPTS["name"]):
        access.throttle.begin("alice", "10.0.0.1")
    waits = []
    for _ in range(12):
        restarted = Access(tmp_path / "access", access.options, clock)
        with pytest.raises(TooManyAttempts) as wait:
            restarted.sign_in("alice", PASSWORD, "10.0.0.9")
        waits.append(wait.value.retry_after_s)
        clock.now += wait.value.retry_after_s
        restarted.throttle.begin("alice", "10.0.0.9")
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_DELAY_S, LONGEST_DELAY_S]
    clock.now += LONGEST_DELAY_S
    access.sign_in("alice", PASSWORD, "10.0.0.9")
    access.sign_in("alice", PASSWORD, "10.0.0.9")


def test_one_address_that_tries_many_names_has_to_wait_and_others_do_not(access: Access) -> None:
    with_nurse(access)
    for number in range(FREE_ATTEMPTS["address"]):
        access.throttle.begin(f"name{number}", "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        access.sign_in("alice", PASSWORD, "10.0.0.1")
    assert access.sign_in("alice", PASSWORD, "10.0.0.2")


def test_a_person_of_the_provider_has_no_password_here(access: Access) -> None:
    access.accounts.welcome("zoe", "medecin")
    with pytest.raises(AccountFault, match="provider"):
        access.accounts.change_password("zoe", PASSWORD)
    with pytest.raises(AccessRefused):
        access.sign_in("zoe", "", "10.0.0.1")
    access.accounts.disable("zoe")
    with pytest.raises(AccessRefused):
        access.accounts.welcome("zoe", "medecin")


@pytest.mark.parametrize("name", ["access.db", "secret"])
def test_a_file_of_secrets_that_others_can_read_is_refused(access: Access, tmp_path: Path, name: str) -> None:
    with_nurse(access)
    (tmp_path / "access" / name).chmod(0o640)
    again = Access(tmp_path / "access", access.options)
    with pytest.raises(UnsafeFile, match="chmod 600"):
        again.sessions.start(again.accounts.all()[0])


def test_keys_rotate_without_signing_anyone_out_and_the_one_before_the_last_is_dropped(access: Access) -> None:
    cookie = with_nurse(access)
    access.keys.rotate()
    assert access.sessions.standing(cookie).state == "open"
    access.keys.rotate()
    assert access.sessions.standing(cookie).state == "ended"


def test_keys_of_the_environment_take_the_place_of_the_file_and_must_be_long(tmp_path: Path) -> None:
    assert Keys(tmp_path, f"{'a' * 40} {'b' * 40}").newest_first() == ("a" * 40, "b" * 40)
    with pytest.raises(UnsafeFile, match="MEDTRIAGE_SECRET"):
        Keys(tmp_path, "short").newest_first()
    assert not (tmp_path / "secret").exists()
