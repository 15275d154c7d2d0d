"""Accounts are opened by the security administrator; nobody signs up, everybody chooses an own password first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django.views.decorators.http import require_safe

from huying.desk.reads import NOT_SIGNED_IN, SIGNED_IN, refused_since_signed_in
from huying.kernel import device
from huying.kernel.actors import Actor
from huying.kernel.text import normalise
from huying.org.acts import own_account_changed
from huying.org.models import User
from huying.org.reads import account_named, member
from huying.org.rules import login_key, name_key, one_time_over
from huying.site import factors, known
from huying.trail.acts import note_reading

SPENT = 180  # seconds: longer than a code of the authenticator is taken
NOBODY = UUID(int=0)
REAL = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class Adapter(DefaultAccountAdapter):
    """Closed sign-up; tries counted without the device's address; one-time passwords pass."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "登录名或密码不对，请再看一遍。",
        "too_many_login_attempts": (
            f"错的次数太多，先不能再试。请过 {settings.HUYING_LOCK_MINUTES} 分钟，或者请安全管理员解锁。"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """A password of one's own ends the one-time password's duty to be changed."""
        user.must_change_password, user.password_given_at = False, None
        super().set_password(user, password)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Who counts as one device: a mark of the day, never an address."""
        return device.mark(request, timezone.now())

    browser = ""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed tries are the account's, by whichever name the server was asked; or those of one browser it knows."""
        return login_key(str(credentials.get("username", ""))) + self.browser

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """An account that others have locked stays open to a browser its owner came in with, which has tries of its own."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            mark = known.mark_of(request, str(credentials.get("username", "")))
            if not mark:
                raise
            self.browser = f":{mark}"
            super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password is written down for the account it was tried at."""
        tried(account_named(str(credentials.get("username", ""))), NOT_SIGNED_IN, "password")

    def pre_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse | None:
        """Whoever knows the one-time password still comes too late with it after some days."""
        days = settings.HUYING_ONE_TIME_DAYS
        by_password = any(one["method"] == "password" for one in get_authentication_records(request, user))
        if user.must_change_password and by_password and one_time_over(user.password_given_at, timezone.now(), days):
            tried(user, NOT_SIGNED_IN, "old_slip")
            return render(request, "account/one_time_over.html", {"days": days}, status=403)
        return super().pre_login(request, user, **about)

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        """Written down, and whoever comes in hears of tries that failed meanwhile."""
        failed = refused_since_signed_in(user.person_id) if user.person_id is not None else 0
        tried(user, SIGNED_IN, "+".join(_ways(request, user)))
        answer: HttpResponse = super().post_login(request, user, **about)
        known.remember(request, answer, user)
        if failed:
            messages.warning(
                request,
                f"上次登录以后，有 {failed} 次登录没有成功。不是您自己输错的，就到“我的账号”改密码，并告诉安全管理员。",
            )
        return answer


class Factors(DefaultMFAAdapter):
    """Second factors: their secrets are sealed, their names Chinese."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": "验证码不对，或者已经用过。"}

    def encrypt(self, text: str) -> str:
        """Sealed under the installation's key, which lies outside the database."""
        return factors.wrapped(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The other way round."""
        return factors.unwrapped(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        """The login name: an authenticator on a phone needs no more."""
        return user.username

    def _get_site_name(self) -> str:
        return "呼应"

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """What a new passkey is called until its owner names it."""
        return f"通行密钥 {Authenticator.objects.filter(user=user, type=type).count() + 1}"


class _Spent:
    """A code of the authenticator opens once.  The library forgets it sooner than it stops taking it."""

    def clean_code(self) -> str:
        """The code, unless it was used before."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]
            digits = "".join(sign for sign in code if sign.isdigit())
            if not cache.add(f"totp:{self.user.pk}:{digits}", 1, SPENT):  # type: ignore[attr-defined]
                raise Factors().validation_error("incorrect_code")
        return code


class SignIn(LoginForm):
    """The sign-in form in the words of the people who hand out the accounts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "登录名"
        self.fields["login"].widget.attrs.update({"placeholder": "", "autocapitalize": "none", "spellcheck": "false"})


class Code(_Spent, AuthenticateForm):
    """The second step of signing in; a wrong code is written down as a wrong password is."""

    def clean_code(self) -> str:
        """The code, if it opens."""
        try:
            return super().clean_code()
        except ValidationError:
            tried(self.user, NOT_SIGNED_IN, "code")
            raise


class CodeAgain(_Spent, ReauthenticateForm):
    """The same, to be sure once more."""


# What the library calls the ways in, and what the list of sign-ins calls them.
WAYS = {
    "password": "password",
    "socialaccount": "provider",
    "totp": "code",
    "webauthn": "passkey",
    "recovery_codes": "recovery",
}


def _ways(request: HttpRequest, user: User) -> list[str]:
    """By what somebody came in, in the order it was asked."""
    records = get_authentication_records(request, user)
    return [WAYS.get(one.get("type") or one["method"], "password") for one in records]


def tried(user: User | None, what: str, ways: str) -> None:
    """Write down that somebody signed in as a person or failed to.

    For a name nobody has, the same row is written and taken back, so that the time of the answer does not tell.
    """
    unit = user.person.unit if user is not None and user.person_id is not None else None
    person = user.person_id if user is not None and unit is not None else NOBODY
    with transaction.atomic():
        note_reading(
            root=(unit.root_id or unit.pk) if unit else NOBODY,
            by=Actor(code=f"user:{user.pk}" if user else "", label="", person_id=person),
            at=timezone.now(),
            what=what,
            unit=unit.pk if unit else None,
            reason=ways,
        )
        if unit is None:
            transaction.set_rollback(True)


def came_by_provider(request: HttpRequest) -> bool:
    """Did this session begin at the single sign-on, and does that not say that it asked for a password only?"""
    records = get_authentication_records(request, request.user)
    return bool(request.session.get("sso_asked_twice")) and any(one["method"] == "socialaccount" for one in records)


def with_factor(user: User) -> bool:
    """Is a second factor asked for whenever this account signs in?"""
    return bool(is_mfa_enabled(user, REAL))


class OwnWords:
    """Refuses a password made of what everybody here knows: the product's and the trade's names, one's union and login name."""

    WORDS = ("huying", "呼应", "gonghui", "工会", "zonggonghui", "12351", "mima", "密码", "password")

    def validate(self, password: str, user: User | None = None) -> None:
        """At least eight other letters must remain when the known words are taken out."""
        left, unit = normalise(password), user.person.unit if user is not None and user.person_id is not None else None
        known = [*self.WORDS, *((unit.name, unit.short_name, *name_key(unit.name).split()[-2:-1]) if unit else ())]
        for word in sorted({normalise(word) for word in known if len(word) > 1}, key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < 8:
            raise ValidationError(self.get_help_text(), code="own_words")

    def get_help_text(self) -> str:
        """What is wrong with it."""
        return "密码里大半是单位、工会或者本系统的名字，容易猜到。请换一个。"


# --- what people change about their own account -------------------------------------------------------------------------


def noted(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of the library on which somebody may change their own password or second factor: what changed goes into the
    trail in the same transaction, and every other session ends."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        now = timezone.now()
        user = User.objects.select_related("person__unit").get(pk=request.user.pk)
        with transaction.atomic():
            before, proofs = _holds(user), len(get_authentication_records(request, user))
            answer = view(request, *args, **kwargs)
            if len(get_authentication_records(request, user)) > proofs:
                _fresh_session(request)
            for what in _changes(before, _holds(user)):
                own_account_changed(
                    user=user,
                    what=what,
                    session=request.session.session_key or "",
                    by=member(user, timezone.localdate(now)),
                    at=now,
                )
        return answer

    return inner


def _fresh_session(request: HttpRequest) -> None:
    """Whoever was sure once more goes on under a new session key; the old one opens nothing any more."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def _holds(user: User) -> tuple[str, set[tuple[int, str]]]:
    """The password's hash and the factors, by number and kind."""
    password = User.objects.values_list("password", flat=True).get(pk=user.pk)
    return password, set(Authenticator.objects.filter(user=user).values_list("pk", "type"))


def _changes(before: tuple[str, set[tuple[int, str]]], after: tuple[str, set[tuple[int, str]]]) -> list[str]:
    """What is different, as the trail names it."""
    changed = ["password_changed"] if before[0] != after[0] else []
    changed += sorted({f"{kind}_removed" for _, kind in before[1] - after[1]})
    return changed + sorted({f"{kind}_added" for _, kind in after[1] - before[1]})


# Pages that only say whom to ask: what the library would do for their forms (a link by mail, another address) does not exist.
SAYS_NO = frozenset({
    "account_signup", "account_email", "account_email_verification_sent", "account_confirm_email", "account_set_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_confirm_login_code",
})  # fmt: skip


def noting(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The library's addresses: each page ``noted``, those that only say no without their forms."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            noting(entry.url_patterns)
        else:
            entry.callback = require_safe(entry.callback) if entry.name in SAYS_NO else noted(entry.callback)
    return patterns
