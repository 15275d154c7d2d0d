"""Printing the papers of one case.  Each print is a look: it goes into the reading log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import identities
from huying.cases.models import Case, Secrecy
from huying.cases.reads import get_for, people_behind
from huying.cases.rules import standing
from huying.feedback.acts import note_slips
from huying.feedback.reads import link_token, may_take_for
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Refused
from huying.ledger.reads import (
    Form1,
    chart_of,
    dossier_of,
    dossier_pdf,
    form1_docx,
    form1_of,
    form1_of_item,
    form1_pdf,
    form2_docx,
    form2_pdf,
    form3_docx,
    form3_of,
    form3_of_item,
    form3_pdf,
    form4_docx,
    form4_of,
    form4_pdf,
    item_for,
)
from huying.ledger.rules import paper
from huying.ledger.slips import Slip, slips_pdf
from huying.trail.acts import note_reading

OF_ITEM = ("form1", "form3")
WHY = {
    "asker": "您说的事办完了，办得怎么样，请您说句实在话。",
    "delegate": "您参加的会议商量过的一件事办完了，请您说句实在话。",
    "concerned": "一件和大家有关的事办完了，系统从花名册里随机抽到了您，请您说句实在话。",
}


# How each paper is made of its data.  Done after the look is written down and its transaction is over: a drawing takes longer
# than others should wait.
_MADE: dict[tuple[str, str], Callable[[Any], bytes]] = {
    ("form1", "pdf"): form1_pdf, ("form1", "docx"): form1_docx,
    ("form2", "pdf"): form2_pdf, ("form2", "docx"): form2_docx,
    ("form3", "pdf"): form3_pdf, ("form3", "docx"): form3_docx,
    ("form4", "pdf"): form4_pdf, ("form4", "docx"): form4_docx,
    ("dossier", "pdf"): dossier_pdf,
}  # fmt: skip


def print_paper(*, case_id: UUID, what: str, fmt: str, by: Actor, at: datetime) -> bytes:
    """A paper of a case (``rules.PAPERS``) with what this reader may see; ``NotYours`` for what is missing or not to be known."""
    printed = paper(what, fmt)
    with transaction.atomic():
        case = get_for(by, case_id)
        note_reading(root=case.root_id, by=by, at=at, what=printed.reading, subject=case.pk, unit=case.holder_id)
        filled = _filled(case, what, by=by, at=at)
    return _MADE[what, fmt](filled)


def _filled(case: Case, what: str, *, by: Actor, at: datetime) -> Any:
    today = timezone.localdate(at)
    if what == "form2":
        return chart_of(case, on=today)
    stand = standing(by, case)
    if what == "form3":
        return form3_of(case, stand, on=today)
    if what == "form4":
        return form4_of(case, stand, each=may_take_for(by, case, at), on=today)
    form1 = _form1(case, by=by, at=at)
    return dossier_of(case, stand, form1, by=by, on=today) if what == "dossier" else form1


def _form1(case: Case, *, by: Actor, at: datetime) -> Form1:
    applicant, phone = _applicant(case, by=by, at=at)
    issuer, today = case.holder.name, timezone.localdate(at)
    return form1_of(case, applicant=applicant, phone=phone, issuer=issuer, on=today)


def _applicant(case: Case, *, by: Actor, at: datetime) -> tuple[str, str]:
    """The applicant as this reader may see it: a named one by name at the union that has the case, else how they spoke."""
    parties = list(people_behind(case))
    if not parties:
        return "", ""
    first = parties[0]
    known = identities(case=case, parties=[first], by=by, at=at).get(first.pk)
    if known is None:
        words = {Secrecy.SEALED: "保密", Secrecy.ANONYMOUS: "匿名"}.get(
            Secrecy(first.secrecy), "实名（见承办工会卷宗）"
        )
        return words, "" if first.secrecy == Secrecy.ANONYMOUS else "保密"
    return f"{known.name} 等 {len(parties)} 人" if len(parties) > 1 else known.name, known.phone


def print_slips(*, case_id: UUID, by: Actor, at: datetime) -> bytes:
    """Slips with the own link for everybody who has not answered and can be handed one; not for who spoke sealed or
    anonymously.  Refused to one who handled the case, and written down."""
    with transaction.atomic():
        survey = note_slips(case_id=case_id, by=by, at=at)
        case = get_for(by, case_id)
        note_reading(root=case.root_id, by=by, at=at, what="slips", subject=case.pk, unit=case.holder_id)
        left = survey.invited.filter(answer__isnull=True, unreached_at__isnull=True)
        rows = list(left.select_related("party__key", "person").order_by("group", "id"))
        named = [one.party for one in rows if one.party is not None]
        known = identities(case=case, parties=named, by=by, at=at)
    slips = []
    for one in rows:
        name = one.person.name if one.person is not None else ""
        if one.party is not None and one.party.pk in known:
            name = known[one.party.pk].name
        if name:
            address = f"{settings.HUYING_BASE_URL}{reverse('public:slip', args=[link_token(one.pk)])}"
            slips.append(Slip(name, WHY[one.group], address))
    if not slips:
        raise Refused("没有可以发测评条的人。", "选择保密、匿名的职工凭自己的回执评价。")
    return slips_pdf(slips, issuer=case.holder.name, until=survey.closes_on, on=timezone.localdate(at))


def print_item_paper(*, item_id: UUID, what: str, fmt: str, by: Actor, at: datetime) -> bytes:
    """The masked copy of form 1 or form 3 for the department that works on an item; the unions that read the case may hand
    it over as well.  ``NotYours`` for anything else."""
    paper(what, fmt)
    if what not in OF_ITEM:
        raise NotYours
    today = timezone.localdate(at)
    with transaction.atomic():
        item = item_for(by, item_id)
        note_reading(root=item.root_id, by=by, at=at, what="item", subject=item.pk, unit=item.department.unit_id)
        filled = form1_of_item(item, today) if what == "form1" else [form3_of_item(item, today)]
    return _MADE[what, fmt](filled)
