"""Pages of the desk: work records (工作记录) of the own union and those below: the list, one record, writing it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.cases.models import Case
from huying.desk import reads as desk
from huying.desk.acts import drop_draft
from huying.desk.forms.records import BornForm, NumberForm, PickForm, PointForm, RecordForm, typed_of
from huying.desk.views.register import with_slip
from huying.fieldwork import acts, reads
from huying.fieldwork.models import Record
from huying.fieldwork.rules import settles
from huying.files.acts import Checked, check
from huying.files.reads import name as file_name
from huying.files.reads import response
from huying.files.rules import check_count
from huying.kernel.errors import Invalid, NotYours, only
from huying.kernel.web import Asked, once, once_key, refusals_on, today_of, who, workbook_answer
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import RecordKind
from huying.org.models import Unit
from huying.org.rules import Can, Member
from huying.papers import reads as papers
from huying.trail.acts import note_reading

PER_PAGE = 50


def own(request: Asked) -> Unit:
    """The union for which records are written here: the one asked for among the own ones, else the first."""
    found = reads.offices(request.actor)
    if not found:
        raise NotYours
    asked = request.GET.get("union", "") or request.POST.get("union", "")
    return next((unit for unit in found if str(unit.pk) == asked), found[0])


# --- the list --------------------------------------------------------------------------------------------------------------


def picked(request: Asked) -> PickForm:
    """The filters of the address."""
    actor: Member = request.actor
    units = [*reads.offices(actor)]
    if not units:
        raise NotYours
    below = list(reads.unions_below(actor).order_by("path")[:500]) if actor.units(Can.READ_BELOW) else []
    kinds = {code: kind.label for code, kind in reads.kinds_of(units[0], today_of(request)).items()}
    people = reads.may_take_part(units[0], today_of(request))
    return PickForm(request.GET, kinds=kinds, unions=[*units, *below], people=people)


@require_GET
def records(request: Asked) -> HttpResponse:
    """What was done, the latest first; filters live in the address."""
    form, today = picked(request), today_of(request)
    chosen = form.chosen()
    page = Paginator(reads.selected(request.actor, chosen), PER_PAGE).get_page(request.GET.get("page"))
    rows = desk.record_rows(list(page.object_list), request.actor, today)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form, "page": page, "rows": rows, "query": query.urlencode(), "filtered": any(query.values()),
        "above": bool(request.actor.units(Can.READ_BELOW)), "notes": desk.record_day(request.actor, today),
    }  # fmt: skip
    return render(request, "desk/records/records.html", context)


@require_GET
def workbook(request: Asked) -> FileResponse:
    """The selection as a workbook: what the list shows; what was heard is not in it."""
    form, today = picked(request), today_of(request)
    unit = own(request)
    if request.actor.post_for(Can.EXPORT, unit) is None:
        raise NotYours
    found = list(reads.selected(request.actor, form.chosen()))
    labels = desk.kind_labels(found, today)
    columns = [papers.Column(heading) for heading in desk.RECORD_BOOK]
    rows = (desk.book_of(record, labels[(record.union_id, record.kind)]) for record in found)
    book = papers.xlsx(columns, rows, title="工作记录")
    note_reading(root=unit.root_id or unit.pk, what="export", unit=unit.pk, **who(request))
    return workbook_answer(book, f"工作记录{today:%Y%m%d}")


# --- one record -----------------------------------------------------------------------------------------------------------------


@require_GET
def record(request: Asked, record_id: UUID) -> HttpResponse:
    """One record.  What was heard is shown to the union whose work it was and to who was there; each look is written down."""
    return page_of(request, reads.get_record(request.actor, record_id))


def page_of(
    request: Asked, found: Record, *, number: NumberForm | None = None, point: PointForm | None = None,
    withdraw: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page, with a form that was refused as it was typed."""
    today = today_of(request)
    rules = rules_for(found.union, today)
    kind = reads.kinds_of(found.union, today).get(found.kind)
    opened = reads.opens(request.actor, found)
    words = reads.words_of(found) if opened else None
    if opened:
        note_reading(
            root=found.root_id, what="record", subject=found.pk, unit=found.union_id, **who(request)
        )  # fmt: skip
    writes = found.withdrawn_at is None and found.union_id in {unit.pk for unit in reads.offices(request.actor)}
    late = rules.count("record_late_days")
    context = {
        "record": found,
        "kind": kind,
        "label": kind.label if kind else found.kind,
        "span": desk.span_words(found),
        "words": words,
        "own": _own_lines(found, kind, rules, words.texts if words else {}),
        "people": list(found.people.all()),
        "cases": reads.cases_of(request.actor, [found]).get(found.pk, []),
        "files": _files(found) if opened else [],
        "clashes": desk.clash_words(request.actor, found) if opened and found.withdrawn_at is None else [],
        "late": late if reads.late_of(found, late.value) else None,
        "arrived_later": (found.at - found.written_at).days >= 1,
        "points": _points(found) if opened else [],
        "settles": settles(kind),
        "writes": writes,
        "number": number or NumberForm(auto_id="number-%s"),
        "point": point or PointForm(auto_id="point-%s"),
        "withdraw_error": withdraw,
        "today": today,
    }
    return render(request, "desk/records/record.html", context, status=status)


def _own_lines(found: Record, kind: RecordKind | None, rules: Any, texts: Any) -> list[tuple[str, str]]:
    """The kind's own fields with their values in words."""
    lines = []
    for one in kind.fields if kind else ():
        value = found.figures.get(one.code, texts.get(one.code, ""))
        lines.append((one.label, rules.options(one.options).label_of(value) if one.kind == "choice" else value))
    return [(label, value) for label, value in lines if value not in ("", None)]


def _files(found: Record) -> list[dict[str, Any]]:
    return [
        {
            "name": file_name(one.file), "kind": "photo" if one.file.kind == "image" else "doc",
            "url": reverse("desk:record_file", args=[found.pk, one.pk]),
            "state": {"quarantined": "checking", "infected": "refused"}.get(one.file.state, "ready"),
        }
        for one in found.files.select_related("file__key").order_by("file__created_at")
    ]  # fmt: skip


def _points(found: Record) -> list[dict[str, Any]]:
    rows = found.points.select_related("closed_by__person").order_by("done_on", "due_on", "at")
    return [{"point": one, **reads.point_words(found, one)} for one in rows]


@require_GET
def file(request: Asked, record_id: UUID, file_id: UUID) -> HttpResponse:
    """A photo of a record, for whom its words are open."""
    found = reads.get_record(request.actor, record_id)
    if not reads.opens(request.actor, found):
        raise NotYours
    row = only(found.files.select_related("file__key").filter(pk=file_id))
    note_reading(root=found.root_id, what="file", subject=found.pk, unit=found.union_id, **who(request))
    return response(row.file, inline=True, span=request.headers.get("Range", ""))


# --- writing it -------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new(request: Asked) -> HttpResponse:
    """First what kind of work it was, then its form."""
    union, today = own(request), today_of(request)
    kinds = reads.kinds_of(union, today)
    kind = kinds.get(request.POST.get("kind", "") or request.GET.get("kind", ""))
    if kind is None:
        context = {"kinds": kinds.values(), "union": union, "unions": reads.offices(request.actor)}
        return render(request, "desk/records/kinds.html", context)
    form = _form(request, union, kind, initial={"on": today, "people": _self(request, union, today)})
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            people, leader = form.went()
            files, cases = checked(form), cases_named(request, form.cleaned_data["number"])

            def do() -> str:
                made = acts.write_record(
                    union=union, deed=form.deed(), people=people, leader=leader, files=files, case_ids=cases,
                    **who(request),
                )  # fmt: skip
                drop_draft(form=_draft(kind), **who(request))
                messages.success(request, "记好了。")
                return reverse("desk:record", args=[made.pk])

            return once(request, do)
    shown = {"form": form, "kind": kind, "union": union, "draft": _draft(kind), "lost_files": bool(request.FILES)}
    return render(request, "desk/records/write.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: Asked, record_id: UUID) -> HttpResponse:
    """Put right what was written."""
    found, today = _mine(request, record_id), today_of(request)
    kind = reads.kinds_of(found.union, today).get(found.kind)
    if kind is None or found.withdrawn_at is not None:
        raise NotYours
    form = _form(request, found.union, kind, initial=typed_of(found), on=found.on, fresh=False)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            people, leader = form.went()
            version = request.POST.get("version", "")

            def do() -> str:
                acts.amend_record(
                    record_id=found.pk, deed=form.deed(), people=people, leader=leader,
                    version=int(version) if version.isdecimal() else None, **who(request),
                )  # fmt: skip
                return reverse("desk:record", args=[found.pk])

            return once(request, do)
    context = {"form": form, "kind": kind, "union": found.union, "record": found, "draft": f"record-{found.pk}"}
    return render(request, "desk/records/write.html", context, status=422 if form.errors else 200)


def _mine(request: Asked, record_id: UUID) -> Record:
    """A record this person may change."""
    found = reads.get_record(request.actor, record_id)
    if found.union_id not in {unit.pk for unit in reads.offices(request.actor)}:
        raise NotYours
    return found


def _form(
    request: Asked,
    union: Unit,
    kind: RecordKind,
    *,
    initial: dict[str, Any],
    on: date | None = None,
    fresh: bool = True,
) -> RecordForm:
    today = today_of(request)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    return RecordForm(
        *data, actor=request.actor, union=union, kind=kind, rules=rules_for(union, today),
        people=reads.may_take_part(union, on or today), fresh=fresh, initial=initial,
    )  # fmt: skip


def _self(request: Asked, union: Unit, today: date) -> list[str]:
    mine = [post for post in reads.may_take_part(union, today) if post.person_id == request.actor.person_id]
    return [str(post.pk) for post in mine]


def _draft(kind: RecordKind) -> str:
    return f"record-new-{kind.code}"


def checked(form: RecordForm) -> tuple[Checked, ...]:
    """Photos are looked through before the transaction begins."""
    uploads = form.cleaned_data["files"]
    check_count(len(uploads))
    return tuple(check(upload=upload) for upload in uploads)


def cases_named(request: Asked, number: str) -> list[UUID]:
    """The case meant by a number, as far as this person may know of it."""
    number = number.replace("\0", "").strip()
    if not number:
        return []
    found = Case.objects.visible_to(request.actor).filter(number=number).first()
    if found is None:
        raise Invalid({"number": "没有找到这个编号的事项。"})
    return [found.pk]


# --- what becomes of it --------------------------------------------------------------------------------------------------------------


@require_POST
def withdraw(request: Asked, record_id: UUID) -> HttpResponse:
    """Take it back, with the reason."""
    found = _mine(request, record_id)

    def do() -> str:
        acts.withdraw_record(record_id=found.pk, reason=request.POST.get("reason", ""), **who(request))
        messages.success(request, "撤回了，不再计数。")
        return reverse("desk:record", args=[found.pk])

    try:
        return once(request, do)
    except Invalid as error:
        return page_of(request, found, withdraw=next(iter(error.fields.values())), status=422)


@require_POST
def join(request: Asked, record_id: UUID) -> HttpResponse:
    """Say which case it is about."""
    found = _mine(request, record_id)
    form = NumberForm(request.POST, auto_id="number-%s")
    if form.is_valid():
        with refusals_on(form):
            (case_id,) = cases_named(request, form.cleaned_data["number"])

            def do() -> str:
                acts.join_case(record_id=found.pk, case_id=case_id, **who(request))
                return reverse("desk:record", args=[found.pk])

            return once(request, do)
    return page_of(request, found, number=form, status=422)


@require_POST
def part(request: Asked, record_id: UUID, case_id: UUID) -> HttpResponse:
    """Take a wrong link away."""
    found = _mine(request, record_id)

    def do() -> str:
        acts.part_case(record_id=found.pk, case_id=case_id, **who(request))
        return reverse("desk:record", args=[found.pk])

    return once(request, do)


@require_http_methods(["GET", "POST"])
def born(request: Asked, record_id: UUID) -> HttpResponse:
    """Make a case of what was heard; the receipt for whoever said it is shown next."""
    found = _mine(request, record_id)
    if found.withdrawn_at is not None:
        raise NotYours
    form = BornForm(request.POST or None, initial={"words": reads.words_of(found).heard})
    if form.is_bound and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                received = acts.bear_case(
                    record_id=found.pk, voice=form.voice(), concerns=form.concerns(), once=once_key(request),
                    **who(request),
                )  # fmt: skip
                return reverse("desk:registered", args=[received.case.pk])

            return with_slip(request, once(request, do), place=found.place or found.union, since=request.now)
    kind = reads.kinds_of(found.union, today_of(request)).get(found.kind)
    context = {"form": form, "record": found, "label": kind.label if kind else found.kind}
    return render(request, "desk/records/born.html", context, status=422 if form.errors else 200)


urls = [
    path("records/", records, name="records"),
    path("records/records.xlsx", workbook, name="records_xlsx"),
    path("records/new/", new, name="record_new"),
    path("records/<uuid:record_id>/", record, name="record"),
    path("records/<uuid:record_id>/edit/", edit, name="record_edit"),
    path("records/<uuid:record_id>/withdraw/", withdraw, name="record_withdraw"),
    path("records/<uuid:record_id>/case/", born, name="record_born"),
    path("records/<uuid:record_id>/join/", join, name="record_join"),
    path("records/<uuid:record_id>/part/<uuid:case_id>/", part, name="record_part"),
    path("records/<uuid:record_id>/files/<uuid:file_id>/", file, name="record_file"),
]
