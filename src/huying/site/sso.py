"""Single sign-on by OpenID Connect.  It opens accounts that are there; it makes none and joins none.

What the library takes on trust is checked here: the signature of the identity token (even though it came over TLS), the
nonce that binds it to this browser, the issuer that was configured.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from huying.org.reads import account_named

NAME = "sso"
ASKED = "sso_asked_twice"
STRONG = frozenset(
    {"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "vbm", "user"}
)  # RFC 8176: more than a password
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


SECRETLY = re.compile(r"https://|http://(127\.0\.0\.1|localhost)(:\d+)?(/|$)")


def configured() -> bool:
    """Did the operator name a provider, and one that is spoken to in secret (or stands on this machine)?"""
    issuer = settings.HUYING_OIDC["issuer"]
    return bool(SECRETLY.match(issuer) and settings.HUYING_OIDC["client"])


class Adapter(DefaultSocialAccountAdapter):
    """Finds the account; nobody signs up, nothing is joined to an account."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one provider of the settings, if there is one."""
        if not configured() or provider not in (None, NAME, "openid_connect"):
            return []
        given = settings.HUYING_OIDC
        about = {"server_url": given["issuer"], "fetch_userinfo": False}
        app = SocialApp(
            provider="openid_connect",
            provider_id=NAME,
            name=given["name"],
            client_id=given["client"],
            secret=given["secret"],
            settings=about,
        )
        return [app]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """What the provider says of somebody fills in nothing here, whatever kind of thing it says."""
        return sociallogin.user

    def on_authentication_error(self, request: HttpRequest, provider: Any, **about: Any) -> None:
        """Our own page instead of the library's."""
        why = "cancelled" if about.get("error") == AuthError.CANCELLED else ""
        raise ImmediateHttpResponse(refused(request, why))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Check that the token was made for this browser, and find whose account it opens; otherwise a page says no."""
        claims = sociallogin.account.extra_data.get("id_token") or {}
        nonce = str(sociallogin.state.get("nonce", ""))
        made_here = nonce and secrets.compare_digest(str(claims.get("nonce", "")), nonce)
        if sociallogin.state.get("process") != AuthProcess.LOGIN or not made_here:
            raise ImmediateHttpResponse(refused(request))
        name = claims.get(settings.HUYING_OIDC["claim"])
        user = account_named(name) if isinstance(name, str) else None
        if user is None:
            raise ImmediateHttpResponse(refused(request, "account"))
        sociallogin.user = user
        said = claims.get(
            "amr"
        )  # how the provider says it was sure; one that says nothing is believed where a unit does
        request.session[ASKED] = not said or bool(STRONG & set(said))


def refused(request: HttpRequest, why: str = "") -> HttpResponse:
    """The page that says it did not work; never whether there is such an account."""
    return render(request, "socialaccount/authentication_error.html", {"why": why}, status=403)


class Checking(OpenIDConnectOAuth2Adapter):
    """The library's way to the provider, with the checks it leaves out."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says about itself; it must be the one that was named."""
        found: dict[str, Any] = super().openid_config
        if str(found.get("issuer", "")).rstrip("/") != settings.HUYING_OIDC["issuer"]:
            raise OAuth2Error("another issuer than the one configured")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The address this installation is known by, whatever host was asked for."""
        return f"{settings.HUYING_BASE_URL}{reverse('sso_back')}"

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """Only an identity token tells who somebody is."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no identity token")
        return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Claims of a token signed by one of the provider's keys, for this client, now."""
        try:
            header = jwt.get_unverified_header(id_token)
            if header.get("alg") not in SIGNED:
                raise OAuth2Error("the identity token is not signed as it should be")
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self.signing_key(header.get("kid")),
                algorithms=[header["alg"]],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise OAuth2Error("the identity token cannot be read") from error
        return claims

    def signing_key(self, name: str | None) -> Any:
        """The provider's key of that name; of a token that names none, the only one there is."""
        with get_adapter().get_requests_session() as asking:
            said = asking.get(self.openid_config["jwks_uri"])
        said.raise_for_status()
        keys = [key for key in jwt.PyJWKSet.from_dict(said.json()).keys if name is None or key.key_id == name]
        if len(keys) != 1:
            raise OAuth2Error("the identity token is signed by a key that is not the provider's")
        return keys[0].key


class Provider(OpenIDConnectProvider):
    """The one provider.  What it is asked for is ours to say, never the address line's."""

    oauth2_adapter_class = Checking

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing: the account is found by one claim."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Nothing, likewise."""
        return []

    def get_default_scope(self) -> list[str]:
        """Who it is, no more than the claim needs."""
        return ["openid", "profile", "email"] if settings.HUYING_OIDC["claim"] == "email" else ["openid", "profile"]

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Where to go afterwards, if that is inside; nothing else of the address."""
        asked = super().get_redirect_from_request_kwargs(request)
        kept = {"next_url": asked["next_url"]} if "next_url" in asked else {}
        return {**kept, "process": AuthProcess.LOGIN}

    def redirect(self, request: HttpRequest, process: str, **kwargs: Any) -> HttpResponse:
        """On to the provider, with a nonce that only this browser's session knows."""
        nonce = secrets.token_urlsafe(24)
        return super().redirect(request, process, auth_params={"nonce": nonce}, nonce=nonce, **kwargs)


@login_not_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """The button on the sign-in page."""
    return _there_and_back(request, OAuth2LoginView)


@login_not_required
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Where the provider sends people back to.  One that says it is another than it should be is not listened to."""
    said = request.GET.get("iss")
    if said is not None and said.rstrip("/") != settings.HUYING_OIDC["issuer"]:
        return refused(request)
    return _there_and_back(request, OAuth2CallbackView)


def _there_and_back(request: HttpRequest, view: Any) -> HttpResponse:
    if not configured():
        raise Http404
    try:
        answer: HttpResponse = view.adapter_view(Checking(request, NAME))(request)
    except (OAuth2Error, OSError, KeyError, ValueError):  # the provider cannot be reached, or speaks otherwise
        return refused(request, "provider")
    return answer
