"""What the worker's pages ask for: places by name, when the union has to answer, where a matter stands in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import Opened
from huying.cases.lifecycle import BEFORE_TOLD
from huying.cases.models import Case, CaseFile, Clock, Message, Party, Secrecy
from huying.cases.reads import cases_of, people_behind, rules_of, unfrozen, worker_by_receipt, worker_story
from huying.cases.rules import place_of
from huying.feedback.models import Answer, ReopenRequest
from huying.feedback.reads import agreed_wider, answer_of, groups_of, reasons_of, scale_for
from huying.files.models import File, Kind, State
from huying.files.reads import name as file_name
from huying.handling.models import Item
from huying.intake.acts import receipts_for
from huying.kernel.actors import Worker
from huying.kernel.crypto import Unreadable
from huying.mechanism.reads import calendar, rules_for
from huying.org.models import Department, Level, Post, Unit, path_end
from huying.org.reads import chain, union_of
from huying.trail.models import Reading

MOST_PLACES = 8
WEEKDAYS = "一二三四五六日"
KINDS = {Kind.IMAGE: "photo", Kind.AUDIO: "voice", Kind.PDF: "pdf", Kind.SHEET: "sheet"}


# --- places -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A unit as workers know it: ``name`` of the employer and workshop, ``within`` what it belongs to."""

    unit: Unit
    name: str
    within: str = ""


def plain_name(unit: Unit) -> str:
    """An employer's name without the union's last word: 山泉机械有限公司."""
    return unit.name if unit.is_upper else unit.name.removesuffix("工会") or unit.name


def _as_place(line: list[Unit]) -> Place:
    """A unit with its place in the tree, from the top down."""
    unit = line[-1]
    employer = [one for one in line if not one.is_upper] or [unit]
    above = [one.name.removesuffix("总工会").removesuffix("工会") for one in line if one.is_upper and one is not unit]
    return Place(unit, " · ".join(plain_name(one) for one in employer), " › ".join(above[-2:]))


def place(code: str) -> Place | None:
    """The open unit behind a short address; a merged unit's address leads to the one it went into."""
    unit = Unit.objects.filter(code=code.lower()).select_related("merged_into").first()
    for _ in range(5):
        if unit is None or unit.merged_into is None:
            break
        unit = unit.merged_into
    return _as_place(chain(unit)) if unit is not None and unit.closed_on is None else None


def places(words: str) -> tuple[list[Place], bool]:
    """Open units whose name, or whose employer's, has every word; whether there are more than are shown."""
    asked = words.split()[:6]
    if not asked or len("".join(asked)) < 2:
        return [], False
    named = Q()
    for word in asked:
        named |= Q(name__icontains=word)
    rows = list(Unit.objects.open().filter(named).order_by("path")[:400])
    lines = _lines({unit.path: unit for unit in [*rows, *_below(rows)]}.values())
    fits = [line for line in lines if all(any(word.lower() in one.name.lower() for one in line) for word in asked)]
    fits.sort(key=lambda line: (line[-1].is_upper, len(line), len(line[-1].name), line[-1].path))
    return [_as_place(line) for line in fits[:MOST_PLACES]], len(fits) > MOST_PLACES


def _below(units: list[Unit]) -> list[Unit]:
    """Workshops and subsidiaries of the employers among these."""
    reach = Q(pk__in=[])
    for unit in units[:40]:
        if not unit.is_upper:
            reach |= Q(path__gt=unit.path, path__lt=path_end(unit.path))
    return list(Unit.objects.open().filter(reach).order_by("path")[:400])


def _lines(units: Iterable[Unit]) -> list[list[Unit]]:
    """Each unit with everything above it (one query); without those below a closed unit."""
    units = list(units)
    steps = {unit.path[:end] for unit in units for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)}
    known = {one.path: one for one in Unit.objects.filter(path__in=steps)}
    lines = [
        [known[unit.path[:end]] for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)] for unit in units
    ]
    return [line for line in lines if all(one.closed_on is None for one in line)]


def departments_at(unit: Unit) -> list[Department]:
    """Departments a matter at this place may concern."""
    return list(
        Department.objects.filter(unit__in={unit.pk, union_of(unit).pk}, closed_on__isnull=True).order_by("name")
    )


def in_words(day: date, today: date) -> str:
    """``11月24日 周二``, with the year when it is another."""
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"


def answer_by(unit: Unit, at: datetime) -> str:
    """Until when the union says whether it takes a matter told now, in words."""
    today = timezone.localdate(at)
    return in_words(rules_for(union_of(unit), today).due("accept", today, calendar())[0].on, today)


# --- the receipt --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """What a worker takes home: the matter, the own receipt, those of the people who spoke along, what comes next."""

    case: Case
    receipt: str
    others: tuple[str, ...]
    by: str
    passed: bool


def taken_home(once: str, *, alone: bool, at: datetime) -> Home | None:
    """The receipts of one submission, made again from the form's key; ``None`` when nothing came of it."""
    receipt = receipts_for(once, 1)[0]
    worker = worker_by_receipt(receipt)
    if worker is None:
        return None
    case = Case.objects.select_related("unit", "holder").get(pk=worker.case_id)
    own = Party.objects.only("joined_at").get(pk=worker.party_id)
    together = 1 if alone else Party.objects.filter(case=case, joined_at=own.joined_at).count()
    clock = Clock.objects.filter(case=case, code="accept", stopped_at__isnull=True).first()
    return Home(
        case=case,
        receipt=receipt,
        others=receipts_for(once, together)[1:],
        by=in_words(clock.due_on, timezone.localdate(at)) if clock else "",
        passed=case.holder_id != case.unit_id,
    )


# --- my matter ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Followed:
    """One matter as its worker reads it."""

    case: Case
    title: str
    band: str
    until: str
    entries: list[dict[str, Any]]
    question: str
    asks: bool
    scale: list[tuple[str, str]]
    reasons: list[tuple[str, str]]
    wider: bool | None = None  # whether others may be asked; nothing where that is no question
    answer: str = ""
    result: str = ""


@dataclass(frozen=True)
class Mine:
    """Everything behind one receipt."""

    party: Party
    said: Opened
    said_case: Case
    followed: list[Followed]
    messages: list[dict[str, Any]]
    files: list[dict[str, Any]]
    looks: list[tuple[str, int]]
    officer: str
    open: bool
    offers: dict[str, bool] = field(default_factory=dict)


def mine(worker: Worker, at: datetime) -> Mine:
    """The worker's page."""
    party = Party.objects.select_related("key", "case").get(pk=worker.party_id)
    cases = cases_of(worker)
    first = cases[0]
    files = _files_of(party)
    before = first.state.code in BEFORE_TOLD
    here = party.withdrawn_at is None
    return Mine(
        party=party,
        said=unfrozen(party),
        said_case=party.case,
        followed=[_followed(case, party, at) for case in cases],
        messages=_talk(party, files),
        files=files.get(None, []),
        looks=looks([case.pk for case in {*cases, party.case}], first),
        officer=first.officer.person.name if first.officer else "",
        open=here,
        offers={
            "join": here and first.closed_at is None,
            "disclose": here and party.secrecy != Secrecy.NAMED,
            "withdraw": here and before,
        },
    )


def has_unread(worker: Worker) -> bool:
    """Whether the union wrote something this worker has not seen."""
    return Message.objects.filter(party=worker.party_id, from_worker=False, read_at__isnull=True).exists()


def _followed(case: Case, party: Party, at: datetime) -> Followed:
    today = timezone.localdate(at)
    gone = party.withdrawn_at is not None
    answer = answer_of(case, party) if case.status in ("told", "rated", "archived") else None
    asks = case.status == "told" and answer is None and people_behind(case).filter(pk=party.pk).exists()
    band = case.state.worker
    if gone and case.status != "withdrawn":
        band = "您已经退出了这件事"
    elif case.status == "told" and answer is not None:
        band = "您的评价收到了"
    scale = scale_for(case) if asks else []
    return Followed(
        case=case,
        title=case.title if case.released_at else "",
        band=band,
        until=_until(case, party, today, rated=case.status == "told" and answer is not None),
        question=_question(case),
        entries=_entries(case, party, band),
        asks=asks,
        scale=scale,
        reasons=[(one.code, one.label) for one in reasons_of(rules_of(case))] if asks else [],
        wider=_wider(case, party),
        answer=_answer_words(answer),
        result=_result(case, party),
    )


def _wider(case: Case, party: Party) -> bool | None:
    """Whether one who spoke sealed or anonymously agreed that others are asked; no question later than the telling, and
    where the rules ask nobody else."""
    open_question = party.secrecy != Secrecy.NAMED and party.withdrawn_at is None and case.status in BEFORE_TOLD
    return agreed_wider(party) if open_question and len(groups_of(case)) > 1 else None


def _result(case: Case, party: Party) -> str:
    """What this worker was told in the present round: the result, or why not."""
    if case.status not in ("told", "rated", "archived"):
        return ""
    return case.tellings.filter(party=party, round=case.round).values_list("text", flat=True).first() or ""


# state -> clocks that say until when, and the sentence ({} is the day); the last day of several counts
_UNTIL = {
    "registered": (("accept",), "{}前，告诉您收没收、谁来负责。"),
    "supplement": (("supplement",), "请在 {}前回复，写在下面就行。"),
    "consulting": (("consult",), "{}前，工会同单位开会商量。商量的结果会写在这里。"),
    "climbing": (("climb",), "{}前，上级给答复。工会会一直跟着，由它告诉您。"),
    "handling": (("item", "report"), "{}前办好，有了结果再告诉您。"),
    "reported": (("tell",), "{}前，工会把结果告诉您。"),
    "told": (("survey",), "{}前都可以评。您评完，工会签字归档。"),
}


def _until(case: Case, party: Party, today: date, *, rated: bool = False) -> str:
    """Until when, in words; a day that has passed is said plainly, with another way to go."""
    if party.withdrawn_at is not None:
        return (
            "工会不再往下办。以后想说，随时可以重新说。" if case.status == "withdrawn" else "别人和您一起说的，照常办。"
        )
    if ReopenRequest.objects.filter(case=case, party=party, granted__isnull=True).exists():
        return "您请求重新办理，正等有权批准的人决定。决定和理由会写在这里。"
    codes, words = _UNTIL.get(case.status, ((), ""))
    if rated:
        words = "一起说的还有人没评。评完，或者到 {}，工会签字归档。"
    clocks = Clock.objects.filter(case=case, code__in=codes, stopped_at__isnull=True)
    running = list(clocks.filter(paused_on__isnull=True).values_list("due_on", flat=True)) if codes else []
    if running:
        due = max(running)
        if due >= today or case.status in ("supplement", "told"):
            return words.format(in_words(due, today) + " ")
        return (
            f"本来应在 {in_words(due, today)} 以前，已经晚了 {(today - due).days} 天。您可以在下面催一催，或打 12351。"
        )
    return {
        "accepted": "工会正在定由谁办、什么时候办好。",
        "rated": "工会签字以后归档。",
        "archived": "还有话想说，可以写在下面。",
        "declined": "理由和别的办法写在下面。不同意，可以打 12351，或者找上一级工会。",
        "spam": "如果弄错了，请在下面写清楚是什么事，工会会再看。",
    }.get(case.status, "")


def _question(case: Case) -> str:
    """What the union asked last, while it waits for the answer."""
    if case.status != "supplement":
        return ""
    asked = case.events.filter(act="ask").order_by("-at", "-version").values_list("worker_text", flat=True)
    return asked.first() or ""


def _entries(case: Case, party: Party, band: str) -> list[dict[str, Any]]:
    """The timeline, newest first; a line told to everybody and once more to this worker stands there once."""
    entries: list[dict[str, Any]] = []
    seen = set()
    for event in worker_story(case, party):
        line = (event.worker_label, event.worker_text, timezone.localdate(event.at))
        if line not in seen:
            seen.add(line)
            entries.append({"at": event.at, "title": event.worker_label, "body": event.worker_text})
    return entries if case.closed_at else [{"now": True, "title": band}, *entries]


def rated_words(answer: Answer, party: Party) -> str:
    """A person's own rating with the words that went along."""
    said = ""
    if answer.words:
        try:
            said = party.key.open(answer.words, place_of("answer", "words", answer.pk))
        except Unreadable:
            said = "（已清除）"
    return f"{_answer_words(answer)}\n{said}".strip()


def _answer_words(answer: Answer | None) -> str:
    if answer is None:
        return ""
    labels = {grade["code"]: grade["label"] for grade in answer.survey.scale}
    process = f"，过程：{labels.get(answer.process, '')}" if answer.process else ""
    return f"结果：{labels.get(answer.result, answer.result)}{process}"


# --- talk and files -----------------------------------------------------------------------------------------------------


def _talk(party: Party, files: dict[Any, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The worker's own messages and what was answered, oldest first; nobody else's."""
    rows = Message.objects.filter(party=party).select_related("post__person").order_by("at", "id")
    talk = []
    for row in rows:
        row.party = party
        who = "您" if row.from_worker else (row.post.person.name if row.post else "工会")
        talk.append(
            {"who": who, "at": row.at, "text": _message_text(row), "mine": row.from_worker, "files": files.get(row.pk)}
        )
    return talk


def _message_text(row: Message) -> str:
    try:
        return row.party.key.open(row.body, place_of("message", "body", row.pk)) if row.body else ""
    except Unreadable:
        return "（已清除）"


def _files_of(party: Party) -> dict[Any, list[dict[str, Any]]]:
    """The worker's own files, by message; ``None``: those that came with the first words."""
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in CaseFile.objects.filter(party=party, sealed=True).select_related("file__key").order_by("at", "id"):
        found.setdefault(row.message_id, []).append(
            {
                "name": file_name(row.file),
                "url": reverse("public:file", args=[row.pk]),
                "kind": KINDS.get(Kind(row.file.kind), "doc"),
                "state": _file_state(row.file),
                "note": f"{max(1, row.file.size // 1024)} KB",
            }
        )
    return found


def _file_state(file: File) -> str:
    return {State.STORED: "ready", State.QUARANTINED: "checking"}.get(State(file.state), "refused")


# --- who looked ---------------------------------------------------------------------------------------------------------


def looks(cases: list[Any], shown: Case) -> list[tuple[str, int]]:
    """How often each office looked, without names or times: 本单位工会 3, 部门 1."""
    items = Item.objects.filter(case__in=cases).values_list("pk", flat=True)
    looked = Reading.objects.filter(subject__in=[*cases, *items]).exclude(what="refused")
    seen = looked.values_list("post").annotate(times=Count("pk"))
    posts = dict(seen.order_by())
    offices = Post.objects.filter(pk__in=[pk for pk in posts if pk]).select_related("unit")
    names = {post.pk: _office(post, shown) for post in offices}
    counted: Counter[str] = Counter()
    for pk, times in posts.items():
        counted[names.get(pk, "其他")] += times
    return counted.most_common()


def _office(post: Post, case: Case) -> str:
    if post.department_id:
        return "部门"
    if post.unit_id == case.unit_id or post.unit.level == Level.WORKSHOP:
        return "本单位工会"
    return post.unit.name
