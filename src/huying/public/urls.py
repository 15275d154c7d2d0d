"""Addresses of the worker's pages."""

from huying.public.views import meetings, my, pages, receipt, say, steps

app_name = "public"
urlpatterns = [*say.urls, *receipt.urls, *my.urls, *steps.urls, *meetings.urls, *pages.urls]
