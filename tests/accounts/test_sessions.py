"""Sessions: listed without addresses, ended from elsewhere, by idleness, by the end of a post; nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from huying.desk import reads as desk_reads
from huying.kernel.errors import Refused
from huying.kernel.models import Draft
from huying.org import acts, reads
from huying.org.jobs import forget_sessions
from huying.trail.models import Entry
from tests.accounts.people import LOGIN, PASSWORD, Desk, is_in, sign_in
from tests.conftest import NOW

NEW = "a-long-new-word-4711"


def signed_in(desk: Desk, browser_of: Any, name: str = "officer", address: str = "10.1.2.3", **more: Any) -> Any:
    client = browser_of(address, **more)
    sign_in(client, desk.user(name))
    assert is_in(client)
    return client


def change_password(client: Any, old: str = PASSWORD, new: str = NEW) -> Any:
    return client.post("/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new})


def test_the_list_says_which_browser_and_when_but_no_address(desk: Desk, browser_of: Any) -> None:
    signed_in(desk, browser_of, agent="Mozilla/5.0 (Linux; Android 14) MicroMessenger/8", address="203.0.113.77")
    client = signed_in(desk, browser_of)
    page = client.get("/accounts/sessions/").content.decode()
    assert "安卓手机上的 微信" in page
    assert "Windows 电脑上的 Chrome" in page
    assert page.count("就是现在这里") == 1
    kept = str(list(UserSession.objects.values()))
    assert "203.0.113" not in kept + page
    assert "10.1.2.3" not in kept + page
    assert all(row.ip.startswith("fd") for row in UserSession.objects.all())


def test_another_place_is_signed_out_from_here(desk: Desk, browser_of: Any) -> None:
    lost, here = signed_in(desk, browser_of, address="10.9.9.9"), signed_in(desk, browser_of)
    row = UserSession.objects.get(session_key=lost.session.session_key)
    assert here.post(reverse("session_end", args=[row.pk])).status_code == 302
    assert not is_in(lost)
    assert is_in(here)


def test_all_other_places_are_signed_out_at_once(desk: Desk, browser_of: Any) -> None:
    others = [signed_in(desk, browser_of, address=f"10.9.9.{number}") for number in range(3)]
    here = signed_in(desk, browser_of)
    here.post("/accounts/sessions/")
    assert [is_in(client) for client in (*others, here)] == [False, False, False, True]


@pytest.mark.attack("colleague", "signs somebody else out by the number of their session", found="held")
def test_nobody_ends_a_session_of_another_account(desk: Desk, browser_of: Any) -> None:
    chair, officer = signed_in(desk, browser_of, "chair"), signed_in(desk, browser_of)
    row = UserSession.objects.get(session_key=chair.session.session_key)
    assert officer.post(reverse("session_end", args=[row.pk])).status_code == 404
    assert is_in(chair)


@pytest.mark.attack("outsider", "goes on with a stolen cookie after the password was changed", found="held")
def test_a_stolen_cookie_ends_with_the_password(desk: Desk, browser_of: Any) -> None:
    owner, thief = signed_in(desk, browser_of), browser_of("198.51.100.9")
    thief.cookies[settings.SESSION_COOKIE_NAME] = owner.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_in(thief)
    assert change_password(owner).status_code == 302
    assert is_in(owner)
    assert not is_in(thief)
    assert Entry.objects.filter(act="account.password_changed").count() == 1


@pytest.mark.attack("outsider", "plants a session cookie of their own before the victim signs in", found="held")
def test_signing_in_takes_a_new_session(desk: Desk, browser_of: Any) -> None:
    attacker, victim = browser_of("198.51.100.9"), browser_of()
    attacker.get(LOGIN + "?next=/desk/")
    session = attacker.session
    session["planted"] = True
    session.save()
    victim.cookies[settings.SESSION_COOKIE_NAME] = attacker.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(victim, desk.user("officer"))
    assert is_in(victim)
    assert not is_in(attacker)
    assert victim.session.session_key != session.session_key


@pytest.mark.attack("former", "goes on reading in a browser left open after the post was ended", found="mended: rights "
                    "lasted to the end of the day; a post that ends today now signs its holder out at once")  # fmt: skip
def test_the_end_of_a_post_ends_the_sessions(desk: Desk, browser_of: Any) -> None:
    client = signed_in(desk, browser_of)
    acts.end_post(post=desk.posts["officer"], by=desk.as_("security"), at=NOW)
    assert client.get("/desk/cases/").status_code == 302
    assert not is_in(client)


def test_a_post_that_ends_later_signs_nobody_out_now(desk: Desk, browser_of: Any) -> None:
    client = signed_in(desk, browser_of)
    later = NOW.date().replace(day=30)
    acts.end_post(post=desk.posts["officer"], on=later, by=desk.as_("security"), at=NOW)
    assert is_in(client)


@pytest.mark.parametrize("how", ["disabled", "left", "reset", "signed_out"])
@pytest.mark.attack(
    "former", "goes on in a browser left open after the account was closed, reset or signed out", found="held"
)
def test_a_closed_account_has_no_session(desk: Desk, browser_of: Any, how: str) -> None:
    client, user, by = signed_in(desk, browser_of), desk.user("officer"), desk.as_("security")
    if how == "disabled":
        acts.disable_account(user=user, by=by, at=NOW)
    elif how == "left":
        acts.person_left(person=user.person, by=desk.as_("system"), at=NOW)
    elif how == "reset":
        acts.reset_password(user=user, by=by, at=NOW)
    else:
        assert acts.end_sessions(user=user, by=by, at=NOW) == 1
    assert not is_in(client)
    assert reads.sessions(user, NOW) == []
    assert not Session.objects.filter(session_key=client.session.session_key or "").exists()


def test_a_session_from_before_is_listed_too(desk: Desk, browser_of: Any) -> None:
    client = browser_of()
    client.force_login(desk.user("officer"))
    assert reads.sessions(desk.user("officer"), NOW) == []
    assert is_in(client)
    assert len(reads.sessions(desk.user("officer"), NOW)) == 1


def test_there_is_nobody_to_sign_out(desk: Desk) -> None:
    with pytest.raises(Refused, match="没有在任何地方登录"):
        acts.end_sessions(user=desk.user("officer"), by=desk.as_("security"), at=NOW)


# --- idleness -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "stays"), [(29, True), (31, False)])
def test_a_session_nobody_uses_ends(desk: Desk, browser_of: Any, clock: Any, minutes: int, stays: bool) -> None:
    client = signed_in(desk, browser_of)
    clock.shift(minutes * 60)
    assert is_in(client) is stays


def test_using_it_keeps_it_and_writes_once_a_minute(
    desk: Desk, browser_of: Any, clock: Any, django_assert_num_queries: Any
) -> None:
    client = signed_in(desk, browser_of)
    for _ in range(4):
        clock.shift(20 * 60)
        assert is_in(client)
    seen = UserSession.objects.get(session_key=client.session.session_key).last_seen_at
    clock.shift(30)
    is_in(client)
    row = UserSession.objects.get(session_key=client.session.session_key)
    assert row.last_seen_at == seen


@pytest.mark.attack("clerk", "sits down at a desk left open over lunch", found="mended: a session lasted twelve hours "
                    "whether used or not; it now ends after thirty minutes without use")  # fmt: skip
def test_a_desk_left_open_is_closed(desk: Desk, browser_of: Any, clock: Any) -> None:
    client = signed_in(desk, browser_of)
    clock.shift(45 * 60)
    answer = client.get("/desk/cases/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/desk/cases/"
    assert reads.sessions(desk.user("officer"), NOW.replace(hour=10)) == []


def test_what_was_typed_comes_back_after_signing_in_again(desk: Desk, browser_of: Any, clock: Any) -> None:
    client = signed_in(desk, browser_of)
    clock.shift(31 * 60)
    words = "食堂的菜凉了，夜班工人吃不上热饭。"
    answer = client.post(
        "/desk/cases/new/", {"summary": words, "once": "f" * 32, "draft": "register", "password": "never"}
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert words in page
    assert "/accounts/login/?next=/desk/cases/new/" in page
    assert "never" not in page
    assert (
        "evil"
        not in client.post("/desk/cases/new/", {}, headers={"referer": "https://evil.example/x"}).content.decode()
    )
    draft = Draft.objects.get(form="register")
    assert words.encode() not in bytes(draft.sealed)
    sign_in(client, desk.user("officer"))
    kept = desk_reads.draft(desk.as_("officer"), "register")
    assert kept
    assert kept[1] == {"summary": [words]}


def test_what_was_typed_is_shown_when_the_session_was_ended_elsewhere(desk: Desk, browser_of: Any) -> None:
    client, other = signed_in(desk, browser_of), signed_in(desk, browser_of)
    acts.end_sessions(user=desk.user("officer"), by=desk.as_("security"), at=NOW)
    for came_from in ({}, {"HTTP_REFERER": "http://[::"}):  # a sender may write there what he likes
        answer = client.post(
            "/desk/cases/new/", {"summary": "写了一半的话", "once": "f" * 32, "draft": "register"}, **came_from
        )
        assert answer.status_code == 403
        assert "写了一半的话" in answer.content.decode()
    assert not Draft.objects.exists()
    assert other.post("/desk/drafts/register", "{}", content_type="application/json").status_code == 401


@pytest.mark.attack(
    "outsider", "sends a form with an expired session so that it is kept as somebody else's draft", found="held"
)
def test_a_draft_of_an_expired_session_is_its_owners(desk: Desk, browser_of: Any, clock: Any) -> None:
    client = signed_in(desk, browser_of)
    clock.shift(31 * 60)
    client.post(
        "/desk/cases/new/", {"summary": "词", "draft": "register", "person": str(desk.posts["chair"].person_id)}
    )
    assert set(Draft.objects.values_list("person", flat=True)) == {desk.posts["officer"].person_id}


@pytest.mark.attack(
    "outsider",
    "has another site send a form in a browser whose session is over, to replace what is kept as a draft",
    found="mended: the draft was kept before the form's token was checked",
)
def test_a_draft_is_kept_only_from_our_own_forms(desk: Desk, browser_of: Any, clock: Any) -> None:
    client = browser_of(enforce_csrf_checks=True)
    client.force_login(desk.user("officer"))
    assert is_in(client)
    clock.shift(31 * 60)
    assert client.post("/desk/cases/new/", {"summary": "别人的话", "draft": "register"}).status_code == 403
    assert not Draft.objects.exists()


def test_a_sent_form_forgets_its_draft(desk: Desk, browser_of: Any) -> None:
    client = signed_in(desk, browser_of, "security")
    client.post("/desk/drafts/at.desk.x", '{"fields": {"a": ["b"]}}', content_type="application/json")
    assert Draft.objects.count() == 1
    address = reverse("desk:org-sign-in", args=[desk.plant.pk])
    client.post(address, {"once": "e" * 32, "version": "0", "draft": "at.desk.x"})
    assert Draft.objects.count() == 0


def test_what_is_over_leaves_the_list(desk: Desk, browser_of: Any) -> None:
    signed_in(desk, browser_of)
    forget_sessions(at=NOW)
    assert UserSession.objects.count() == 1
    forget_sessions(at=NOW.replace(day=22))
    assert UserSession.objects.count() == 0


def test_a_session_in_use_ends_after_half_a_day(desk: Desk, browser_of: Any, clock: Any) -> None:
    client = signed_in(desk, browser_of)
    for _ in range(36):
        clock.shift(20 * 60)
        assert is_in(client)
    clock.shift(20 * 60)
    assert not is_in(client)


def test_being_sure_once_more_takes_a_new_session_key(desk: Desk, browser_of: Any) -> None:
    client, thief = signed_in(desk, browser_of), browser_of("198.51.100.9")
    old = client.session.session_key
    thief.cookies[settings.SESSION_COOKIE_NAME] = old
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/second/"})
    assert client.session.session_key != old
    assert is_in(client)
    assert not is_in(thief)
    assert [row.session_key for row in reads.sessions(desk.user("officer"), NOW)] == [client.session.session_key]
