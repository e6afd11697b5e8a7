"""``medtriage users``: 0 done, 1 refused with the reason, 2 wrong usage; passwords by standard input."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import main
from tests.app.access.conftest import PASSWORD

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run one order on an empty data folder: exit code, what was said, why it was refused."""
    monkeypatch.setenv("MEDTRIAGE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MEDTRIAGE_AUTH", "local")

    def run(*words: str, password: str = PASSWORD) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        code = main(["users", *words])
        told = capsys.readouterr()
        return code, told.out.strip(), told.err.strip()

    return run


def set_up(users: Run) -> None:
    _, token, _ = users("setup-token")
    assert users("add", "chef", "--role", "administrator", "--token", token, "--password-stdin")[0] == 0


def test_the_first_account_needs_the_one_time_token_and_is_an_administrators(users: Run) -> None:
    assert users("add", "alice", "--role", "nurse", "--password-stdin")[0] == 1
    assert users("add", "alice", "--role", "administrator", "--token", "wrong", "--password-stdin")[0] == 1
    set_up(users)
    assert users("list")[1].split()[:2] == ["chef", "administrateur"]
    assert users("setup-token")[0] == 1


def test_accounts_are_made_changed_shut_and_opened(users: Run) -> None:
    set_up(users)
    assert users("add", "alice", "--password-stdin") == (0, "alice: infirmier", "")
    assert users("role", "alice", "physician")[0] == 0
    assert users("disable", "alice")[0] == 0
    assert "medecin         local  (disabled)" in users("list")[1]
    assert users("enable", "alice")[0] == users("logout", "alice")[0] == 0
    assert users("password", "alice", "--password-stdin", password="un autre mot de passe")[0] == 0  # noqa: S106
    assert "(disabled)" not in users("list")[1]


def test_a_refusal_says_why(users: Run) -> None:
    set_up(users)
    assert "12" in users("add", "alice", "--password-stdin", password="court")[2]  # noqa: S106
    assert "no account" in users("disable", "nobody")[2]
    assert "no token" in users("token", "revoke", "x")[2]
    assert "scopes" in users("token", "add", "dpi", "--scopes", "everything")[2]


def test_a_token_is_shown_once_listed_without_its_secret_and_revoked(users: Run) -> None:
    token = users("token", "add", "dpi", "--scopes", "predict,feedback", "--days", "30")[1]
    listed = users("token", "list")[1]
    assert token.split("_")[1] in listed
    assert token.split("_", 2)[2] not in listed
    assert "predict,feedback  until" in listed
    assert users("token", "revoke", token.split("_")[1])[0] == 0
    assert users("token", "list")[1].endswith("(revoked)")


def test_the_key_is_rotated_unless_the_environment_holds_it(users: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert users("rotate-secret")[0] == 0
    monkeypatch.setenv("MEDTRIAGE_SECRET", "k" * 40)
    assert users("rotate-secret")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("dance",),
        ("add",),
        ("role", "alice", "king"),
        ("token", "add", "dpi"),
        ("token", "add", "d", "--scopes", "x", "--days", "0"),
    ],
)
def test_wrong_usage_exits_2(users: Run, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as wrong:
        users(*words)
    assert wrong.value.code == 2


def test_a_password_asked_for_twice_must_be_the_same(users: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(users)
    for answers, code in (([PASSWORD, "autre"], 1), ([PASSWORD, PASSWORD], 0)):
        monkeypatch.setattr("app.commands.accounts.getpass", lambda _said, told=answers: told.pop(0))
        assert users("add", "bob")[0] == code
