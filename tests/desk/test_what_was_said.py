"""What a worker wrote beside a grade reaches who decides and who answers for the case, and nobody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from huying.cases.models import Party
from huying.cases.reads import worker_by_receipt
from huying.feedback import acts as feedback
from huying.feedback.reads import said_when_rating
from huying.handling import acts as handling
from huying.privacy import acts as privacy
from huying.trail.models import Reading
from tests.desk.browser import address, as_, do, page
from tests.factories import world as make

WHY = "窗口还是九点半就关了"


@pytest.fixture
def unhappy(world):
    """A case whose worker was told and is not satisfied."""
    voice = make.voice()
    case = make.told(world, voice)
    worker = worker_by_receipt(voice.receipt)
    feedback.rate(result="unsatisfied", process="", words=WHY, by=worker, at=world.now)
    case.refresh_from_db()
    return case


@pytest.mark.clause("MY-3.2.5a")
def test_who_decides_reads_why_and_the_look_is_written_down(world, unhappy):
    assert WHY in page(as_(world, "chair").get(address(unhappy, "decide_reopen")))
    assert Reading.objects.get(what="rating").person == world.posts["chair"].person_id
    assert as_(world, "second").get(address(unhappy, "decide_reopen")).status_code == 404


def test_the_officer_reads_why_only_with_what_is_sealed(world, unhappy):
    dossier = reverse("desk:case", args=[unhappy.pk])
    for name in ("officer", "second", "chair", "upper"):
        assert WHY not in page(as_(world, name).get(dossier))
    opened = {"reason": "verify", "words": "", "once": "f" * 32}
    assert WHY in page(as_(world, "officer").post(reverse("desk:open", args=[unhappy.pk]), opened))


def test_words_of_an_erased_person_are_gone(world, unhappy):
    privacy.destroy_key(key=Party.objects.get(case=unhappy).key, root=unhappy.root, why="asked", at=world.now)
    assert said_when_rating(unhappy) == {}


def test_nothing_is_archived_before_that_is_decided(world, unhappy):
    bar = page(as_(world, "chair").get(reverse("desk:case", args=[unhappy.pk]))).split('class="hy-bar"')[1]
    assert "先决定是否重新办理" in bar
    assert address(unhappy, "archive") not in bar


@pytest.mark.clause("MY-3.2.5c")
def test_who_signs_sees_what_is_signed_for(world, unhappy):
    do(world, unhappy, "decide_reopen", by="chair", grant="no", reason="已经办到")
    assert "问了 1 人，收到 1 份" in page(as_(world, "officer").get(address(unhappy, "archive")))


def test_what_was_sent_back_is_given_again_with_another_measure(world):
    item = make.assigned(world)
    handling.send_back(item_id=item.pk, reason="班车归后勤管", by=world.as_("handler"), at=world.now)
    assert "班车归后勤管" in page(as_(world, "officer").get(address(item.case, "give_again", item.pk)))
    again = {"department": str(item.department_id), "handler": str(item.handler_id)}
    do(world, item.case, "give_again", item.pk, status=422, measure=" ", **again)
    do(world, item.case, "give_again", item.pk, measure="请后勤恢复末班车。", **again)
    item.refresh_from_db()
    assert (item.status, item.measure) == ("given", "请后勤恢复末班车。")


def test_a_report_asked_for_again_begins_with_the_last_one(world):
    case = make.reported(world)
    item = case.items.get()
    handling.redo(item_id=item.pk, reason="写清从哪天起", deadline=item.deadline, by=world.as_("officer"), at=world.now)
    handling.finish(item_id=item.pk, able=True, text="办好了", done_on=None, by=world.as_("handler"), at=world.now)
    last = item.report
    assert last in page(as_(world, "handler").get(reverse("desk:item_act", args=[item.pk, "report"])))
