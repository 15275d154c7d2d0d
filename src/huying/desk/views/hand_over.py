"""Pages of the desk: handing over everything a post still has open, when somebody leaves or is away for long."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk.forms import dossier as forms
from huying.handling import acts, reads
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.org.models import Post
from huying.org.reads import holders, successors
from huying.org.rules import Can

NAMED = 10  # numbers said in the sentence afterwards


@require_GET
def hand_over(request: Asked) -> HttpResponse:
    """Whose open matters this person may hand over: those who no longer hold their post first."""
    if not request.actor.units(Can.HANDLE_CASES):
        raise NotYours
    today = timezone.localdate(request.now)
    owing = reads.owing(request.actor)
    posts = Post.objects.filter(pk__in=list(owing)).select_related("person", "unit", "department")
    rows = [(post, owing[post.pk], post.ends_on is not None and post.ends_on < today) for post in posts]
    rows.sort(key=lambda row: (not row[2], row[0].department_id is not None, row[0].starts_on, row[0].pk))
    approves = bool(request.actor.units(Can.APPROVE))
    return render(request, "desk/hand_over/posts.html", {"rows": rows, "approves": approves})


@require_http_methods(["GET", "POST"])
def hand_over_post(request: Asked, post_id: UUID) -> HttpResponse:
    """What will move, to whom it can go; then it moves."""
    post = Post.objects.select_related("person", "unit__merged_into", "department").filter(pk=post_id).first()
    if post is None:
        raise NotYours
    moving = reads.open_of(request.actor, post)
    if not moving and not reads.may_hand_over(request.actor, post):
        raise NotYours
    takers = _takers(request, post)
    form = forms.HandOverForm(request.POST if request.method == "POST" else None)
    form.offer("to_post", forms.named(takers))

    def do() -> str:
        to_post = next(one for one in takers if str(one.pk) == form.cleaned_data["to_post"])
        moved = acts.hand_over(from_post=post, to_post=to_post, by=request.actor, at=request.now)
        marks = "、".join(str(one) for one in moving[:NAMED])
        messages.success(request, f"移交了 {moved} 件给{to_post.person.name}：{marks}{'等' if moved > NAMED else ''}。")
        return reverse("desk:hand_over")

    if form.is_bound and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    context = {"form": form, "post": post, "moving": moving, "takers": takers}
    return render(request, "desk/hand_over/post.html", context, status=422 if form.is_bound else 200)


def _takers(request: Asked, post: Post) -> list[Post]:
    """The successors who may take over here and now: of the same department, or of the union that has the cases."""
    today = timezone.localdate(request.now)
    found = successors(post, today)
    if post.department_id:
        return found
    able = {one.pk for one in holders(post.unit.merged_into or post.unit, Can.HANDLE_CASES, today)}
    return [one for one in found if one.pk in able]


urls = [
    path("hand-over/", hand_over, name="hand_over"),
    path("hand-over/<uuid:post_id>/", hand_over_post, name="hand_over_post"),
]
