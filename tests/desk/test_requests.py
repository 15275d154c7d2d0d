"""Pages of people's requests and of the second person: what each may do stands there, what was typed stays."""

from __future__ import annotations

import pytest
from django.urls import reverse

from huying.cases import acts
from huying.cases.models import PersonRequest, Unsealing
from huying.cases.reads import worker_by_receipt
from huying.kernel.actors import SYSTEM
from huying.mechanism.acts import set_house_rules
from tests.desk.browser import as_, do, page
from tests.factories import world as make
from tests.privacy.people import NAME, archived, speaks

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(world):
    """A sealed person asked to have the name set right."""
    voice = speaks()
    make.accepted(world, voice)
    worker = worker_by_receipt(voice.receipt)
    return acts.ask_request(kind="correct", asked={"name": "翠鸟丙乙"}, by=worker, at=world.now)


def at(row):
    return reverse("desk:request", args=[row.pk])


def send(world, row, act, by="officer", once="a" * 32, **given):
    return as_(world, by).post(at(row), {"act": act, "once": once, "version": row.version, "answer": "", **given})


def test_the_register_lists_what_waits_and_until_when(world, asked):
    html = page(as_(world, "second").get(reverse("desk:requests")))
    assert asked.case.number in html
    assert "12月7日" in html
    assert NAME not in html
    assert "翠鸟" not in html
    assert "没有等答复的请求" in page(as_(world, "foreign").get(reverse("desk:requests")))
    assert "还没有答复过请求" in page(as_(world, "officer").get(reverse("desk:requests"), {"tab": "done"}))


def test_the_officer_looks_and_sets_right(world, asked):
    assert "翠鸟丙乙" not in page(as_(world, "officer").get(at(asked)))
    answer = send(world, asked, "open")
    assert "翠鸟丙乙" in page(answer)
    assert answer["Cache-Control"] == "no-store"
    assert send(world, asked, "correct").status_code == 302
    asked.refresh_from_db()
    assert asked.state == "done"


def test_a_colleague_sees_that_but_not_what(world, asked):
    html = page(as_(world, "second").get(at(asked)))
    assert "只有这件事的责任人能打开" in html
    answer = send(world, asked, "open", by="second")
    assert answer.status_code == 422
    assert "翠鸟丙乙" not in answer.content.decode()


def test_refusing_without_a_reason_keeps_the_page(world, asked):
    html = page(send(world, asked, "refuse"), status=422)
    assert "要向本人说明理由" in html
    html = page(send(world, asked, "refuse", once="b" * 32, answer="长" * 501), status=422)
    assert "长" * 40 in html
    assert send(world, asked, "nonsense", once="c" * 32).status_code == 404
    assert send(world, asked, "refuse", once="d" * 32, answer="照原样留着。").status_code == 302


def test_two_clicks_answer_once_and_a_stale_page_says_so(world, asked):
    for _ in range(2):
        assert send(world, asked, "refuse", answer="照原样留着。").status_code == 302
    assert PersonRequest.objects.get().version == 2
    assert "新的变化" in send(world, asked, "refuse", once="e" * 32, answer="再答一次").content.decode()


def test_erasing_goes_through_two_people(world):
    life = archived(world)
    row = acts.ask_request(kind="erase", asked={}, by=life.worker, at=world.now)
    assert "同意清除" in page(as_(world, "officer").get(at(row)))
    assert send(world, row, "grant").status_code == 302
    row.refresh_from_db()
    assert "等第二人批准" in page(as_(world, "officer").get(at(row)))
    assert "批准清除" in page(as_(world, "chair").get(at(row)))
    assert send(world, row, "approve", by="chair", once="f" * 32).status_code == 302
    assert life.party.erased_at is not None
    assert "已经清除" in page(as_(world, "officer").get(at(row)))
    assert page(as_(world, "officer").get(reverse("desk:case", args=[life.case.pk])))


def test_entered_at_the_desk(world):
    case = make.accepted(world, speaks())
    party = str(case.parties.get().pk)
    do(world, case, "enter_request", party=party, kind="access", via="phone")
    do(world, case, "enter_request", party=party, kind="correct", via="face", status=422)
    html = page(as_(world, "officer").get(reverse("desk:case", args=[case.pk])))
    assert "本人请求查阅和复制" in html


def test_a_hold_shows_on_the_dossier_and_is_lifted(world):
    case = make.accepted(world, speaks())
    do(world, case, "hold", why="lawsuit")
    assert "诉讼或仲裁正在进行" in page(as_(world, "officer").get(reverse("desk:case", args=[case.pk])))
    do(world, case, "lift_hold", case.holds.get().pk)
    assert "诉讼或仲裁正在进行。" not in page(as_(world, "officer").get(reverse("desk:case", args=[case.pk])))


def test_the_dossier_leads_to_a_second_person_and_opens_afterwards(world):
    set_house_rules(unit=world.plant, changes={"counts": {"unseal_approvals": 1}}, by=SYSTEM, at=world.now)
    case = make.accepted(world, speaks())
    dossier = reverse("desk:case", args=[case.pk])
    html = page(as_(world, "officer").get(dossier))
    assert "申请打开" in html
    assert 'id="open"' not in html
    opening = {"once": "1" * 32, "reason": "verify"}
    answer = as_(world, "officer").post(reverse("desk:open", args=[case.pk]), opening)
    assert "第二人批准" in page(answer, status=422)
    do(world, case, "ask_unsealing", reason="verify")
    assert "等批准" in page(as_(world, "officer").get(dossier))
    assert "申请打开" in page(as_(world, "chair").get(reverse("desk:requests")))
    do(world, case, "decide_unsealing", Unsealing.objects.get().pk, by="chair", grant="yes")
    assert 'id="open"' in page(as_(world, "officer").get(dossier))
    assert NAME in page(as_(world, "officer").post(reverse("desk:open", args=[case.pk]), {**opening, "once": "2" * 32}))


def test_an_assessment_is_written_anew_and_never_changed(world):
    address = reverse("desk:personal_assessment")
    client = as_(world, "officer")
    assert "还没有评估过" in page(client.get(address))
    typed = {"purpose": "甲", "need": "乙", "risk": "丙", "measures": "丁", "conclusion": ""}
    html = page(client.post(address, {"once": "a" * 32, **typed}), status=422)
    assert "这一项要填写" in html
    for number, conclusion in enumerate(("可以。", "仍然可以。")):
        sent = {"once": f"{number:032d}", **typed, "conclusion": conclusion}
        assert client.post(address, sent).status_code == 302
    html = page(client.get(address))
    assert html.index("仍然可以。") < html.index("可以。</dd>", html.index("的评估，"))
    assert as_(world, "foreign").get(address).content.decode().count("仍然可以。") == 0
