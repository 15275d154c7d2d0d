"""Addresses of the worker's pages."""

from huying.public.views import my, pages, receipt, say, steps

app_name = "public"
urlpatterns = [*say.urls, *receipt.urls, *my.urls, *steps.urls, *pages.urls]
