"""Proof of work: a puzzle the browser solves while the form is being sent, so that a machine pays for every try.

Nobody is asked to read crooked letters.  The puzzle is eight small ones (their sum takes nearly the same time each time,
one large one would not); it is signed, made for one form, lives five minutes and opens once.  It grows with how many were
asked for from the same address a short while ago.  ``static/public/work.js`` is the other half.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from huying.kernel import device
from huying.kernel.web import Asked

SALT = "public.work"
FORMS = frozenset({"say", "receipt", "book", "promise"})
PARTS = 8
LIVES = 300  # seconds
SPAN = 600  # seconds over which puzzles are counted
CALM = 8  # so many of one address in a span make it no harder
HARDEST = 6  # more bits: 64 times the work


@login_not_required
@require_safe
def puzzle(request: Asked) -> HttpResponse:
    """A fresh puzzle for one form."""
    form = request.GET.get("form", "")
    if form not in FORMS:
        raise Http404
    given = {
        "form": form,
        "bits": settings.HUYING_WORK_BITS + _harder(request, request.now),
        "no": secrets.token_hex(12),
    }
    return JsonResponse({"puzzle": signing.dumps(given, salt=SALT), "bits": given["bits"], "parts": PARTS})


def _harder(request: Asked, at: datetime) -> int:
    """How many bits more, by how many puzzles this address asked for of late."""
    key = f"work:asked:{device.mark(request, at)}:{int(at.timestamp()) // SPAN}"
    if cache.add(key, 1, SPAN):
        return 0
    try:
        asked = cache.incr(key)
    except ValueError:  # it passed away in between
        return 0
    return min((asked // CALM).bit_length(), HARDEST)


def proven(request: Asked, form: str) -> bool:
    """Did the browser solve a puzzle made for this form, lately and for the first time?"""
    made, _, answers = request.POST.get("work", "")[:600].partition("|")
    try:
        given = signing.loads(made, salt=SALT, max_age=LIVES)
        numbers = [int(one) for one in answers.split(",")]
    except (signing.BadSignature, ValueError):
        return False
    if given["form"] != form or len(numbers) != PARTS:
        return False
    seed = hashlib.sha256(made.encode()).digest()
    if not all(solves(seed, part, number, given["bits"]) for part, number in enumerate(numbers)):
        return False
    return bool(cache.add(f"work:used:{given['no']}", 1, LIVES + 60))


def solves(seed: bytes, part: int, number: int, bits: int) -> bool:
    """Does this number make the part's hash begin with so many empty bits?"""
    if not 0 <= number < 2**32:
        return False
    hashed = hashlib.sha256(seed + bytes([part]) + number.to_bytes(4, "big")).digest()
    return int.from_bytes(hashed[:8], "big") >> (64 - bits) == 0


urls = [path("puzzle/", puzzle, name="puzzle")]
