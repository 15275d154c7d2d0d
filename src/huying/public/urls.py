"""Addresses of the worker's pages."""

from huying.public.views import _work, answers, meetings, my, own, pages, rate, receipt, say, steps

app_name = "public"
urlpatterns = [
    *say.urls,
    *receipt.urls,
    *my.urls,
    *own.urls,
    *rate.urls,
    *steps.urls,
    *meetings.urls,
    *answers.urls,
    *pages.urls,
    *_work.urls,
]
