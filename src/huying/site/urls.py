"""Root addresses: worker's pages at /, desk at /desk/, accounts at /accounts/."""

from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from allauth.mfa.webauthn.views import login_webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from huying.site import sso
from huying.site.accounts import noting
from huying.site.views import Places, demo_sign_in, metrics, session_end

login_not_required(login_webauthn)  # the library forgot to say so: whoever signs in with a passkey is not signed in yet

urlpatterns = [
    path("desk/", include("huying.desk.urls")),
    path("accounts/", include(noting(account_urls.urlpatterns))),
    path("accounts/second/", include(noting(mfa_urls.urlpatterns))),
    path("accounts/sessions/", Places.as_view(), name="usersessions_list"),
    path("accounts/sessions/<int:session>/end/", session_end, name="session_end"),
    path("accounts/sso/", sso.begin, name="sso"),
    path("accounts/sso/back/", sso.back, name="sso_back"),
    path("demo/sign-in/", demo_sign_in, name="demo_sign_in"),
    path("metrics", metrics, name="metrics"),
    path("", include("huying.public.urls")),
]

handler400 = "huying.site.views.not_understood"
handler404 = "huying.site.views.not_found"
handler429 = "huying.site.views.too_often"
handler500 = "huying.site.views.failed"
