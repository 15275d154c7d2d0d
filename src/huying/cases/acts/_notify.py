"""Who hears of what, in the act's own transaction.  A notice carries the number and the act, never a word of the matter."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case, CaseFile, Recusal
from huying.cases.rules import free_of
from huying.files.models import State
from huying.kernel.actors import Actor
from huying.notices.acts import send
from huying.org.models import Post, Unit
from huying.org.reads import holders
from huying.org.rules import Can


def _send(case: Case, posts: list[Post], kind: str, what: str, *, by: Actor, at: datetime, key: str) -> int:
    people = {post.person_id: post.person for post in posts}
    sent = send(
        to=list(people.values()),
        kind=f"case.{kind}",
        title=f"{case.number} {what}",
        url=reverse("desk:case", args=[case.pk]),
        root=case.root,
        subject=case.pk,
        by=by,
        at=at,
        key=key or str(case.version),
    )
    return len(sent)


def free(case: Case, can: Can, at: datetime, unit: Unit | None = None) -> list[Post]:
    """Who at the union that has the case (or at another one it reached) may do this now and is not named by it."""
    keys = set(Recusal.objects.filter(case=case).values_list("key", flat=True))
    return free_of(holders(unit or case.holder, can, timezone.localdate(at)), keys)


def tell_office(
    case: Case, kind: str, what: str, *, by: Actor, at: datetime, key: str = "", unit: Unit | None = None
) -> int:
    """Everybody at the union that has the case who may handle it; ``unit``: at another union that it reached."""
    return _send(case, free(case, Can.HANDLE_CASES, at, unit), kind, what, by=by, at=at, key=key)


def tell_officer(case: Case, kind: str, what: str, *, by: Actor, at: datetime, key: str = "") -> int:
    """The case officer; the whole office while there is none.  Returns how many were told."""
    if case.officer is None:
        return tell_office(case, kind, what, by=by, at=at, key=key)
    return _send(case, [case.officer], kind, what, by=by, at=at, key=key)


def tell_of_infected(*, by: Actor, at: datetime) -> int:
    """Who has a case hears that a virus was found in a file of it; once for each file.  Returns how many were told."""
    rows = CaseFile.objects.filter(file__state=State.INFECTED).select_related(
        "case__holder", "case__root", "case__officer"
    )
    return sum(
        tell_officer(
            row.case, "file_infected", "有一个附件查出病毒，已隔离，请联系上传的人再传", by=by, at=at, key=str(row.pk)
        )
        for row in rows
    )


def tell_approvers(
    case: Case, kind: str, what: str, *, by: Actor, at: datetime, key: str = "", unit: Unit | None = None
) -> None:
    """Who may approve at the union that has the case; ``unit``: at another union that it reached."""
    _send(case, free(case, Can.APPROVE, at, unit), kind, what, by=by, at=at, key=key)


def tell_people(case: Case, posts: list[Post], kind: str, what: str, *, by: Actor, at: datetime, key: str) -> None:
    """These people, each once; without those the case names."""
    keys = set(Recusal.objects.filter(case=case).values_list("key", flat=True))
    _send(case, free_of(posts, keys), kind, what, by=by, at=at, key=key)
