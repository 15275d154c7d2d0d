"""Addresses of the desk."""

from django.urls import path
from django.views.generic import RedirectView

app_name = "desk"
urlpatterns = [
    path("cases/<uuid:case_id>/", RedirectView.as_view(url="/"), name="case"),
    path("items/<uuid:item_id>/", RedirectView.as_view(url="/"), name="item"),
]
