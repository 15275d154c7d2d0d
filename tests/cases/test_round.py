"""One grievance goes all the way round through acts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases.models import Case, Clock
from huying.cases.reads import worker_by_receipt
from huying.feedback import acts as feedback
from huying.handling import acts as handling
from huying.trail.reads import verify
from tests.factories import world as make


@pytest.mark.clause("MY-3.2")
@pytest.mark.clause("MY-3.2.6")
@pytest.mark.clause("BD-4.6a")
def test_a_grievance_goes_all_the_way_round(world):
    voice = make.voice()
    item = make.assigned(world, voice)
    later = world.now + timedelta(days=1)
    handling.take_item(item_id=item.pk, by=world.as_("handler"), at=world.now)
    handling.progress(item_id=item.pk, text="与承运公司谈过。", by=world.as_("handler"), at=world.now)
    handling.finish(item_id=item.pk, able=True, text="已恢复。", done_on=None, by=world.as_("handler"), at=later)
    handling.report(item_id=item.pk, text="恢复 22:40 发车。", by=world.as_("handler"), at=later)
    case = Case.objects.get(pk=item.case_id)
    assert case.status == "reported"
    tell = Clock.objects.get(case=case, code="tell")
    assert tell.due_on == (later + timedelta(days=3)).date().replace(day=24)
    case = handling.tell(
        case_id=case.pk,
        how="phone",
        kind="result",
        text="车恢复了。",
        told_on=later.date(),
        by=world.as_("officer"),
        at=later,
    )
    worker = worker_by_receipt(voice.receipt)
    feedback.rate(result="satisfied", process="", words="谢谢", by=worker, at=later)
    case.refresh_from_db()
    assert case.status == "rated"
    assert case.officer == world.posts["officer"], "one person answers for it from beginning to end"
    feedback.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=later)
    case.refresh_from_db()
    assert (case.status, case.archived_at) == ("archived", later)
    assert not Clock.objects.filter(stopped_at__isnull=True).exists()
    assert verify() == []
