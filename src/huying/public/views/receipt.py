"""The receipt: shown after sending, made again from the form's key while the browser holds it (see ``_pocket``)."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from huying.cases.reads import worker_by_receipt
from huying.intake.acts import receipts_for
from huying.kernel.web import Asked
from huying.public import reads
from huying.public.views._pocket import MY, RECEIPT


def way_back(receipt: str) -> str:
    """The address in the QR code.  Behind the ``#``, which browsers never send, so it reaches no server's log."""
    return f"{settings.HUYING_BASE_URL}{reverse('public:my')}#{receipt}"


def drawn(receipt: str) -> SafeString:
    """The QR code as a drawing with attributes only (no style: the page allows none)."""
    code = segno.make(way_back(receipt), error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=2))  # noqa: S308  (digits and our own address)


@login_not_required
@require_safe
def receipt(request: Asked) -> HttpResponse:
    """The sixteen digits of the one who spoke, and one for each who spoke along."""
    held = RECEIPT.take(request, at=request.now)
    kind = held[0]["kind"] if held else ""
    home = reads.taken_home(held[0]["once"], alone=kind != "say", at=request.now) if held else None
    if home is None:
        return render(request, "public/receipt_gone.html")
    context = {
        "home": home,
        "kind": kind,
        "qr": drawn(home.receipt),
        "others": [(one, drawn(one)) for one in home.others],
        "union_name": home.case.holder.name,
        "union_phone": home.case.holder.phone,
    }
    return render(request, "public/receipt.html", context)


@login_not_required
@require_POST
def noted(request: Asked) -> HttpResponse:
    """Written down: the digits leave the browser.  Whoever just spoke goes on to the own matter."""
    held = RECEIPT.take(request, at=request.now)
    response = redirect("public:case")
    if held and held[0]["kind"] != "join":
        worker = worker_by_receipt(receipts_for(held[0]["once"], 1)[0])
        if worker is not None:
            MY.put(response, {"party": str(worker.party_id)}, at=request.now)
    RECEIPT.drop(response)
    return response


urls = [path("receipt/", receipt, name="receipt"), path("receipt/noted/", noted, name="noted")]
