"""Root addresses: worker's pages at /, desk at /desk/, accounts at /accounts/."""

from django.urls import include, path

from huying.site.views import demo_sign_in, metrics

urlpatterns = [
    path("desk/", include("huying.desk.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("demo/sign-in/", demo_sign_in, name="demo_sign_in"),
    path("metrics", metrics, name="metrics"),
    path("", include("huying.public.urls")),
]

handler404 = "huying.site.views.not_found"
handler500 = "huying.site.views.failed"
