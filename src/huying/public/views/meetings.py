"""What a unit lets its workers read of meetings: which are announced, and minutes that were published."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from huying.kernel.web import Asked
from huying.meetings import reads
from huying.org.models import Unit
from huying.org.reads import union_of
from huying.public.reads import Place, place

PER_PAGE = 20


@login_not_required
@require_safe
def meetings(request: Asked, code: str) -> HttpResponse:
    """Announced meetings, and the minutes that are out."""
    here = place(code)
    if here is None:
        return render(request, "public/no_place.html", status=404)
    if here.unit.code != code:
        return redirect("public:meetings", here.unit.code)
    union = union_of(here.unit)
    today = timezone.localdate(request.now)
    told = [(one, reads.kind_label(one), _state(one.status, reads.day_of_meeting(one) < today))
            for one in reads.announced(union)[:PER_PAGE]]  # fmt: skip
    page = Paginator(reads.published(union), PER_PAGE).get_page(request.GET.get("page"))
    out = [(row, reads.kind_label(row.meeting)) for row in page.object_list]
    return render(request, "public/meetings.html", {**_frame(here, union), "told": told, "page": page, "out": out})


def _state(status: str, past: bool) -> str:
    """How an announced meeting stands, in one word."""
    if status == "cancelled":
        return "取消了"
    if status in ("draft", "called"):
        return "改期中" if past else "将要开"
    return "正在开" if status == "open" else "开完了，结果还没有公开"


@login_not_required
@require_safe
def published(request: Asked, code: str, meeting_id: UUID) -> HttpResponse:
    """Published minutes: nothing but their body, and how far what was promised is."""
    here = place(code)
    union = union_of(here.unit) if here else None
    row = reads.published(union).filter(meeting=meeting_id).first() if union else None
    if here is None or union is None or row is None:
        return render(request, "public/no_minutes.html", {"here": here}, status=404)
    context = {"row": row, "label": reads.kind_label(row.meeting), "sections": reads.public_sections(row)}
    return render(request, "public/published.html", {**_frame(here, union), **context})


def _frame(here: Place, union: Unit) -> dict[str, object]:
    return {"here": here, "union_name": union.name, "union_phone": union.phone}


urls = [
    path("u/<slug:code>/meetings/", meetings, name="meetings"),
    path("u/<slug:code>/meetings/<uuid:meeting_id>/", published, name="published"),
]
