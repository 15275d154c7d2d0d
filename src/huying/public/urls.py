"""Addresses of the worker's pages."""

from huying.public.views import _work, answers, meetings, my, own, pages, promises, rate, receipt, reception, say, steps

app_name = "public"
urlpatterns = [
    *say.urls,
    *receipt.urls,
    *my.urls,
    *own.urls,
    *rate.urls,
    *steps.urls,
    *meetings.urls,
    *reception.urls,
    *promises.urls,
    *answers.urls,
    *pages.urls,
    *_work.urls,
]
