"""Root addresses: worker's pages at /, desk at /desk/, accounts at /accounts/."""

from django.urls import include, path

urlpatterns = [
    path("desk/", include("huying.desk.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("huying.public.urls")),
]

handler404 = "huying.site.views.not_found"
handler500 = "huying.site.views.failed"
