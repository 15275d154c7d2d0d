"""Views of the ledger saved by name."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import transaction

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours
from huying.ledger.models import SavedView
from huying.ledger.reads import view_for
from huying.org.rules import Can, Member

MOST = 30
LONGEST = 1000


@transaction.atomic
def save_view(*, name: str, query: str, shared: bool, by: Actor, at: datetime) -> SavedView:
    """Keep filters, columns and order under a name; the same name again replaces what it held.  Words looked for are left
    out: they may name a person, and what is kept here is not sealed."""
    post = by.post_for(Can.READ_CASES) if isinstance(by, Member) else None
    if post is None:
        raise NotYours
    name = _name(name)
    query = urlencode([pair for pair in parse_qsl(query) if pair[0] not in ("words", "page")])
    if len(query) > LONGEST:
        raise Invalid({"name": "条件太多了，保存不下。"})
    existing = SavedView.objects.select_for_update(no_key=True).filter(person=post.person_id, name=name).first()
    if existing is None and SavedView.objects.filter(person=post.person_id).count() >= MOST:
        raise Invalid({"name": f"每人最多保存 {MOST} 个视图，请先删掉不用的。"})
    view = existing or SavedView(root_id=post.unit.root_id or post.unit_id, person_id=post.person_id, name=name)
    view.unit, view.query, view.shared, view.at = post.unit, query, shared, at
    view.save()
    return view


@transaction.atomic
def rename_view(*, view_id: UUID, name: str, shared: bool, by: Actor, at: datetime) -> SavedView:
    """Another name, or shared otherwise; only one's own."""
    view = view_for(by, view_id)
    name = _name(name)
    if SavedView.objects.filter(person=view.person_id, name=name).exclude(pk=view.pk).exists():
        raise Invalid({"name": f"已经有一个叫“{name}”的视图。"})
    view.name, view.shared, view.at = name, shared, at
    view.save(update_fields=["name", "shared", "at"])
    return view


@transaction.atomic
def delete_view(*, view_id: UUID, by: Actor, at: datetime) -> None:
    """Forget one's own view."""
    view_for(by, view_id).delete()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": "请给这个视图起个名字。"})
    if len(name) > 30:
        raise Invalid({"name": f"名字写了 {len(name)} 字，最多 30 字。"})
    return name
