"""Pages of the desk: meetings, who is asked, the agenda, the call."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from huying.kernel.web import Asked
from huying.meetings import reads


@require_GET
def meeting(request: Asked, meeting_id: UUID) -> HttpResponse:
    """One meeting."""
    found = reads.get_meeting(request.actor, meeting_id)
    return render(request, "desk/meetings/meeting.html", {"meeting": found})


urls = [path("meetings/<uuid:meeting_id>/", meeting, name="meeting")]
