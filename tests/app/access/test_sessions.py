"""Sessions: locked when idle, over after a shift, ended at once by whoever may; drafts wait for their owner."""

from app.access.door import Access
from app.access.drafts import KEPT_S, Drafts
from app.access.sessions import ENDED
from tests.app.access.conftest import Clock, with_nurse


def test_a_session_locks_when_nobody_does_anything_and_looking_is_not_doing(access: Access, clock: Clock) -> None:
    cookie = with_nurse(access)
    clock.now += 599
    assert access.sessions.standing(cookie).state == "open"
    clock.now += 2
    standing = access.sessions.standing(cookie)
    assert (standing.state, standing.person and standing.person.user_id) == ("locked", "alice")
    assert access.sessions.standing(cookie, is_activity=True).state == "locked"


def test_activity_keeps_a_session_open_until_its_shift_is_over(access: Access, clock: Clock) -> None:
    cookie = with_nurse(access)
    for _ in range(79):
        clock.now += 540
        assert access.sessions.standing(cookie, is_activity=True).state == "open"
    clock.now += 541
    assert access.sessions.standing(cookie, is_activity=True) == ENDED


def test_a_disabled_account_ends_its_sessions_and_a_changed_role_is_read_at_once(access: Access) -> None:
    cookie = with_nurse(access)
    access.accounts.change_role("alice", "medecin")
    person = access.sessions.standing(cookie).person
    assert person and person.role == "medecin"
    access.accounts.disable("alice")
    assert access.sessions.standing(cookie) == ENDED
    access.accounts.disable("alice", False)
    assert access.sessions.standing(cookie) == ENDED


def test_signing_out_ends_this_session_and_no_other(access: Access) -> None:
    cookie = with_nurse(access)
    account = access.accounts.all()[0]
    other = access.sessions.start(account)
    access.sign_out(cookie)
    access.sign_out("nonsense")
    assert access.sessions.standing(cookie) == ENDED
    assert access.sessions.standing(other).state == "open"


def test_a_session_of_another_way_of_signing_in_counts_for_nothing(access: Access) -> None:
    cookie = access.sessions.start(access.accounts.welcome("zoe", "medecin"))
    assert access.sessions.standing(cookie) == ENDED


def test_a_draft_waits_for_its_owner_once_and_not_for_the_next_shift(clock: Clock) -> None:
    drafts = Drafts(clock)
    drafts.keep("alice", {"tri_age": "65"})
    drafts.keep("alice", {})
    assert drafts.take("bob") == {}
    assert drafts.take("alice") == {"tri_age": "65"}
    assert drafts.take("alice") == {}
    drafts.keep("alice", {"tri_age": "65"})
    clock.now += KEPT_S + 1
    assert drafts.take("alice") == {}
