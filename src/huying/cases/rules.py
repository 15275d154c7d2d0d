"""Pure rules of a case: what may be given, who must not know, who may open what is sealed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from huying.cases.models import Case, Clock, Secrecy
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.org.models import Post, Role, Unit
from huying.org.rules import EMPLOYER_SIDE, Can, Member, keys_of, may
from huying.privacy.rules import dialable

REASONS = {
    "verify": "核实情况",
    "contact": "联系本人",
    "summary": "写公开摘要",
    "tell": "告知办理结果",
    "copy": "给本人看自己的信息",
    "call": "电话回访",
    "other": "其他（写明）",
}
LONGEST_WORDS = 5000
LONGEST_TITLE = 60
OPENING = 30  # characters of a title made from the opening words
_GREETING = re.compile(
    r"^(?:(?:尊敬的|各位|敬爱的)?(?:领导|工会|主席|书记|局长|部门)*(?:你们?好|您好|大家好)?[：:，,。！! ]+)+"
)
MOST_VOICES = 200
BETWEEN_UNIONS = frozenset({"urge", "send_up", "climb_on", "climb_back", "sent_back", "solved_above"})
STRICTEST = (Secrecy.ANONYMOUS, Secrecy.SEALED, Secrecy.NAMED)


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One person speaking: how secret, who (never for anonymous), own words, the 16 digits of the receipt, the sensitive
    kinds the person separately agreed to (PIPL 29)."""

    receipt: str
    secrecy: str = Secrecy.SEALED
    name: str = ""
    phone: str = ""
    about: str = ""
    words: str = ""
    separate: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Concerns:
    """Whom the matter concerns, said before anybody reads it."""

    chair: bool = False
    own_union: bool = False
    superior: str = ""
    departments: tuple[UUID, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.chair or self.own_union or self.superior.strip() or self.departments)


def check_voices(voices: Iterable[Voice], *, needs_words: bool = True) -> None:
    """What must be given to speak: words from the first, a name where one speaks named."""
    voices = list(voices)
    wrong: dict[str, str] = {}
    if not voices or len(voices) > MOST_VOICES:
        wrong["voices"] = f"联名最多 {MOST_VOICES} 人。"
    first = voices[0] if voices else None
    if needs_words and first and not first.words.strip():
        wrong["words"] = "请写一写是什么事，几句话就行。"
    if first and len(first.words) > LONGEST_WORDS:
        wrong["words"] = f"写了 {len(first.words)} 字，最多 {LONGEST_WORDS} 字。请分两次说，或者把材料拍照附上。"
    for voice in voices:
        if voice.secrecy == Secrecy.NAMED and not voice.name.strip():
            wrong["name"] = "实名反映请写姓名；不想写，请选“保密”或“匿名”。"
        if voice.secrecy != Secrecy.ANONYMOUS and voice.phone and not dialable(voice.phone):
            wrong["phone"] = "电话号码好像不对，请再看一下；也可以不填。"
    if wrong:
        raise Invalid(wrong)


def strictest(levels: Iterable[str]) -> str:
    """The strictest way to speak among several."""
    given = set(levels)
    return next(level for level in STRICTEST if level in given)


def superior_keys(said: str, posts: Iterable[Post], above: Iterable[Post] = ()) -> set[str]:
    """Whom a superior's name or call (“刘志强”, “刘主任”) may mean among a unit's post-holders.

    An exact name means that person, also among those of the levels ``above``; else everybody of that surname at the unit is
    kept away: hiding from one too many does no harm.
    """
    name = said.strip()
    if not name:
        return set()
    posts = list(posts)
    exact = {f"person:{p.person_id}" for p in (*posts, *above) if p.person.name == name or p.person.name in name}
    return exact or {f"person:{p.person_id}" for p in posts if p.person.name[:1] == name[:1]}


def recusal_keys(
    concerns: Concerns, unit: Unit, posts: Iterable[Post], above: Iterable[Post] = ()
) -> list[tuple[str, str]]:
    """(key, what the worker said) for everything the matter concerns at a unit; a superior may hold office above it."""
    posts = list(posts)
    keys: dict[str, str] = {}
    if concerns.chair:
        keys[f"{Role.CHAIR}:{unit.pk}"] = "chair"
        keys |= {f"person:{p.person_id}": "chair" for p in posts if p.role == Role.CHAIR and p.unit_id == unit.pk}
    if concerns.own_union:
        keys[f"unit:{unit.pk}"] = "union"
    for key in superior_keys(concerns.superior, posts, above):
        keys.setdefault(key, "superior")
    for department in concerns.departments:
        keys[f"department:{department}"] = "department"
        keys |= {f"person:{p.person_id}": "department" for p in posts if p.department_id == department}
    return list(keys.items())


def free_of(posts: Iterable[Post], keys: set[str]) -> list[Post]:
    """Post-holders whom none of the recusal keys names, looking at all posts each person holds."""
    posts = list(posts)
    by_person: dict[UUID, list[Post]] = {}
    for post in posts:
        by_person.setdefault(post.person_id, []).append(post)
    return [post for post in posts if not keys & keys_of(post.person_id, by_person[post.person_id])]


def may_open_sealed(actor: Actor, case: Case) -> bool:
    """May this person open what is sealed: only the case officer, and only while the case is at that officer's union."""
    return (
        isinstance(actor, Member)
        and case.officer is not None
        and case.officer.person_id == actor.person_id
        and actor.post_for(Can.OPEN_SEALED, case.holder) is not None
    )


def free_second(posts: Iterable[Post], every: Iterable[Post], keys: set[str], person: UUID | None) -> list[Post]:
    """Of those who may approve, who may be the second person: not the one who asks, not named by the case, and nobody who
    also holds a post on the employer's side.  ``every``: all posts these people hold."""
    held = list(every)
    away = {post.person_id for post in held if post.role in EMPLOYER_SIDE} | {person}
    named = {
        one for one in {post.person_id for post in held} if keys & keys_of(one, [p for p in held if p.person_id == one])
    }
    return [post for post in posts if post.person_id not in away | named]


def check_may_open_sealed(actor: Actor, case: Case) -> None:
    """``NotYours`` outside the union that has the case, ``Refused`` for a colleague who is not its officer."""
    if not isinstance(actor, Member) or actor.post_for(Can.OPEN_SEALED, case.holder) is None:
        raise NotYours
    if not may_open_sealed(actor, case):
        raise Refused("密封内容只有本件责任人能打开。", "如果由您负责，请先“接手”这件事。")


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a case.  ``office``: of the union that has it; others read the released text only."""

    office: bool
    officer: bool
    approves: bool

    @property
    def knows_readers(self) -> bool:
        """Whether this person is told who looked, by name."""
        return self.officer or self.approves

    def reads_words(self, act: str, *, departments_own: bool = False) -> bool:
        """Whether this person reads what was written at a line of the history, or only that it happened: words between
        officer and worker stay with the union that has the case; reminders, what unions wrote to each other on the climb and
        what departments wrote are for every reader."""
        return self.office or act in BETWEEN_UNIONS or departments_own


def standing(actor: Actor, case: Case) -> Standing:
    """Pure of queries: the actor's posts are known."""
    return Standing(
        office=may(actor, Can.HANDLE_CASES, case.holder),
        officer=may_open_sealed(actor, case),
        approves=may(actor, Can.APPROVE, case.holder) and may(actor, Can.HANDLE_CASES, case.holder),
    )


def limit_of(clock: Clock, actor: Actor) -> Unit:
    """The union that asks for more time and decides about it: an upper union's own about its answer and about items it
    gave, else the union that has the case."""
    above = clock.code == "climb" or (clock.code in ("item", "report") and may(actor, Can.HANDLE_CASES, clock.unit))
    return clock.unit if above else clock.case.holder


def place_of(table: str, column: str, row: UUID) -> str:
    """Where a sealed value belongs; a value moved elsewhere does not open."""
    return f"{table}:{column}:{row}"


def heading_of(words: str) -> str:
    """The first line, where somebody gave their words a heading: a short line that ends without a mark, and more below."""
    lines = [" ".join(line.split()) for line in words.strip().splitlines() if line.strip()]
    is_heading = len(lines) > 1 and len(lines[0]) <= LONGEST_TITLE and not re.search(r"[，。：；！,:;!.…]$", lines[0])
    return lines[0] if is_heading else ""


def title_from(words: str) -> str:
    """A title proposed from somebody's words: a heading of their own as it stands, else the opening up to where a clause
    ends, without a greeting."""
    heading = heading_of(words)
    if heading:
        return heading
    line = " ".join(words.split())
    line = _GREETING.sub("", line) or line
    if len(line) <= OPENING:
        return line.rstrip("。")
    clauses = [mark.start() for mark in re.finditer(r"[，。；！？,;!?]", line[: OPENING + 1])]
    if clauses and clauses[-1] >= OPENING // 3:
        return line[: clauses[-1]]
    return line[: OPENING - 1] + "…"
