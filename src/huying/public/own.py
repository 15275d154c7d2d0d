"""Everything kept about one person, gathered for that person: a page to read, a file to take along (PIPL 45)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from huying.cases.models import Party
from huying.cases.reads import cases_of, requests_of, unfrozen
from huying.feedback.models import Answer
from huying.fieldwork.reads import bookings_kept, records_kept, talks_kept
from huying.kernel.actors import Worker
from huying.papers import reads as papers
from huying.public import reads
from huying.trail.reads import neutral_code

PAPER = Path(__file__).resolve().parent / "papers" / "own.typ"
TITLE = "工会保存的您的信息"
FORM = 1  # of the file to take along

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """One heading with names and values."""

    heading: str
    rows: Rows


def gathered(worker: Worker, at: datetime) -> list[Part]:
    """What is kept, in the words of the person's page; the person is the worker who came back."""
    party = Party.objects.select_related("key", "case").get(pk=worker.party_id)
    mine = reads.mine(worker, at)
    parts = [
        Part("您是谁", _identity(party)),
        Part("您当时说的话", [(_moment(party.joined_at), unfrozen(party).words or "您是联名的，没有另写。")]),
        Part("附件", [("随来件", one["name"]) for one in mine.files]),
        Part("来往的话", [(f"{_moment(one['at'])} {one['who']}", _message(one)) for one in mine.messages]),
        Part("您约的接待", bookings_kept(party, timezone.localdate(at))),
        Part("工会约您谈", talks_kept(party)),
        Part("写到您这件事的工作记录", records_kept(party, timezone.localdate(at))),
        Part("您的评价", _ratings(party)),
        Part("走到哪一步了", _story(mine)),
        Part("您的同意", _consents(party)),
        Part("您对自己信息的请求", [(_moment(row.asked_at), f"{row.get_kind_display()}：{row.get_state_display()}。{row.answer}")
                             for row in requests_of(party)]),
        Part("谁看过", [(office, f"{times} 次") for office, times in mine.looks]),
    ]  # fmt: skip
    return [part for part in parts if part.rows]


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _identity(party: Party) -> Rows:
    known = unfrozen(party)
    rows = [("怎样说的", party.get_secrecy_display()), ("编号", party.case.number)]
    rows += [
        (name, value) for name, value in (("姓名", known.name), ("电话", known.phone), ("岗位", known.about)) if value
    ]
    return rows + [(f"{one['on']} 更正", _corrected(one)) for one in known.corrected]


def _corrected(one: dict[str, str]) -> str:
    return "，".join(one[field] for field in ("name", "phone", "about", "said") if one.get(field))


def _message(one: dict[str, Any]) -> str:
    return "\n".join([one["text"], *(f"附件：{file['name']}" for file in one["files"] or [])]).strip()


def _ratings(party: Party) -> Rows:
    rows = Answer.objects.filter(invited__party=party).select_related("survey").order_by("at")
    return [(_moment(row.at), reads.rated_words(row, party)) for row in rows]


def _story(mine: reads.Mine) -> Rows:
    return [
        (_moment(entry["at"]), f"{entry['title']}\n{entry['body']}".strip())
        for one in mine.followed
        for entry in one.entries
        if "at" in entry
    ]


def _consents(party: Party) -> Rows:
    rows = [(_moment(party.joined_at), f"说明版本 {party.consent}")]
    for one in party.consents.order_by("at"):
        gone = f"，{_moment(one.withdrawn_at)} 撤回" if one.withdrawn_at else ""
        rows.append((_moment(one.at), f"单独同意：{one.get_kind_display()}（版本 {one.version}）{gone}"))
    return rows


def as_file(parts: list[Part], worker: Worker, at: datetime) -> bytes:
    """The same as a file that other programs read."""
    body = {
        "format": "huying-person",
        "version": FORM,
        "made_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "cases": [neutral_code(case.pk) for case in cases_of(worker)],
        "parts": [{"heading": part.heading, "rows": [{"name": n, "value": v} for n, v in part.rows]} for part in parts],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def as_pdf(parts: list[Part], at: datetime) -> bytes:
    """The same on paper."""
    data = {
        "title": TITLE,
        "printed_on": timezone.localdate(at).isoformat(),
        "parts": [{"heading": part.heading, "rows": part.rows} for part in parts],
    }
    return papers.pdf(PAPER, data)
