"""Enterprises and trades at risk that are watched and visited regularly (QD-4.6a)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.alerts.models import Watch
from huying.alerts.reads import watch_for
from huying.alerts.rules import written
from huying.kernel.actors import Actor
from huying.kernel.clock import day_of
from huying.kernel.errors import Invalid, Refused, Stale
from huying.mechanism.reads import rules_for
from huying.org.models import Post, Unit
from huying.org.rules import Can, check_may
from huying.trail.acts import append

LONGEST_WHY = 200


@transaction.atomic
def start_watch(
    *,
    unit: Unit,
    place: Unit | None = None,
    industry: str = "",
    why: str,
    days: int,
    post: Post,
    by: Actor,
    at: datetime,
) -> Watch:
    """Watch a unit below or a trade: visited at least every so many days, never less often than the union's rules say."""
    check_may(by, Can.HANDLE_CASES, unit)
    (why,) = written(LONGEST_WHY, why=why)
    industry = industry.strip()
    if (place is None) == (not industry):
        raise Invalid({"place": "请选一个单位，或者写一个行业，只选一样。"})
    if place is not None and (place.pk == unit.pk or not place.path.startswith(unit.path)):
        raise Invalid({"place": "请选本级下面的单位。"})
    most = rules_for(unit, day_of(at)).count("watch_days").value
    if not 1 <= days <= most:
        raise Invalid({"days": f"最长 {most} 天要走访一次。"})
    if post.unit_id != unit.pk:
        raise Invalid({"post": "请在本单位工会里选人。"})
    if Watch.objects.filter(unit=unit, place=place, industry=industry, ended_on__isnull=True).exists():
        raise Refused("已经在盯着了。", "要改间隔，先结束原来的再重新列入。")
    watch = Watch.objects.create(
        root_id=unit.root_id or unit.pk, unit=unit, place=place, industry=industry, why=why, days=days, post=post,
        since=day_of(at), made_at=at,
    )  # fmt: skip
    _trail(watch, "start", by=by, at=at)
    return watch


@transaction.atomic
def end_watch(*, watch_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Watch:
    """Watch it no more, and why."""
    found = watch_for(by, watch_id)
    check_may(by, Can.HANDLE_CASES, found.unit)
    watch = Watch.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=watch_id)
    if version is not None and version != watch.version:
        raise Stale(["刚刚有改动。"])
    (reason,) = written(LONGEST_WHY, reason=reason)
    if watch.ended_on is not None:
        raise Refused("已经不再盯了。")
    watch.ended_on, watch.ended_because = day_of(at), reason
    watch.version += 1
    watch.save()
    _trail(watch, "end", by=by, at=at)
    return watch


def _trail(watch: Watch, act: str, *, by: Actor, at: datetime) -> None:
    append(chain=watch.unit_id, root=watch.root_id, by=by, at=at, act=f"watch.{act}", subject=f"watch:{watch.pk}",
           data={"place": watch.place_id, "days": watch.days})  # fmt: skip
