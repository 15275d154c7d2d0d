"""Addresses of the desk."""

from django.urls import include, path
from django.views.generic import RedirectView

from huying.desk.views import audit, cases, dossier, items, ledger, register, rules, system, today

app_name = "desk"
urlpatterns = [
    *today.urls,
    *cases.urls,
    *register.urls,
    *dossier.urls,
    *items.urls,
    *ledger.urls,
    *rules.urls,
    *audit.urls,
    *system.urls,
    path("org/", include("huying.desk.org_urls")),
    path("cases/<uuid:case_id>/", RedirectView.as_view(url="/"), name="case"),
    path("items/<uuid:item_id>/", RedirectView.as_view(url="/"), name="item"),
    *[
        path(f"{name}/", RedirectView.as_view(url="/"), name=name)
        for name in ("today", "cases", "register", "items", "ledger", "import", "packs", "calendar", "units", "people",
                     "system", "readings", "trail", "notices", "search")
    ],
]
