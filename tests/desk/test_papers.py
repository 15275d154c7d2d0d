"""The pages papers are reached from: dossier, item, ledger, blank forms, the flow chart."""

from __future__ import annotations

import io
import zipfile
from uuid import uuid4

import pytest
from django.urls import reverse

from huying.cases.lifecycle import CASE
from huying.kernel.actors import SYSTEM
from huying.ledger import acts
from huying.ledger.models import Export
from huying.ledger.rules import PAPERS
from huying.trail.models import Reading
from tests.desk.browser import as_
from tests.factories import world as make

NAME = "欧阳雪莲"


def page(client, name: str, *args) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_dossier_offers_every_paper_to_whoever_reads_it(world) -> None:
    case = make.told(world)
    for who in ("officer", "upper"):
        shown = page(as_(world, who), "desk:case", case.pk)
        for one in PAPERS.values():
            assert one.name in shown
            for fmt in one.formats:
                link = reverse("desk:case_paper", args=[case.pk, one.code, fmt])
                assert link in shown
                answer = as_(world, who).get(link)
                assert answer.status_code == 200
                assert answer.headers["Cache-Control"] == "no-store"
                assert case.number not in answer.headers["Content-Disposition"]
        assert reverse("desk:case_flow", args=[case.pk]) in shown
        item = case.items.get()
        assert reverse("desk:item_paper", args=[item.pk, "form1", "pdf"]) in shown


def test_a_department_prints_its_masked_copies_only(world) -> None:
    item = make.assigned(world, make.voice(secrecy="named", name=NAME))
    client = as_(world, "handler")
    shown = page(client, "desk:item", item.pk)
    for what in ("form1", "form3"):
        for fmt in ("pdf", "docx"):
            link = reverse("desk:item_paper", args=[item.pk, what, fmt])
            assert link in shown
            assert "%E9%81%AE%E7%9B%96" in client.get(link).headers["Content-Disposition"]
    assert "卷宗" not in shown
    assert client.get(reverse("desk:case_paper", args=[item.case_id, "form3", "pdf"])).status_code == 404
    assert client.get(reverse("desk:item_paper", args=[item.pk, "dossier", "pdf"])).status_code == 404


@pytest.mark.clause("MY-A2")
def test_the_chart_is_a_page_with_the_present_step_lit(world) -> None:
    case = make.told(world)
    shown = page(as_(world, "officer"), "desk:case_flow", case.pk)
    assert shown.count("目前在这里") == 1
    assert shown.count('aria-current="step"') == 1
    lit = shown[shown.index('aria-current="step"') :]
    assert lit.index("<h2>测评</h2>") < lit.index("目前在这里")
    assert all(state.staff in shown for state in CASE.states if state.code != "spam")
    assert Reading.objects.filter(what="form2", subject=case.pk).count() == 1
    general = page(as_(world, "handler"), "desk:flow")
    assert "目前在这里" not in general
    assert "书面反馈：" in general  # limits of the rules in force


@pytest.mark.clause("MY-A2")
def test_the_chart_of_a_case_out_of_reach_is_a_missing_page(world) -> None:
    case = make.told(world)
    for who in ("handler", "foreign", "delegate", "system"):
        assert as_(world, who).get(reverse("desk:case_flow", args=[case.pk])).status_code == 404


@pytest.mark.clause("MY-A1", "MY-A3")
def test_blank_forms_are_there_for_everybody_on_the_desk(world) -> None:
    for who in ("officer", "handler", "delegate", "system"):
        client = as_(world, who)
        shown = page(client, "desk:blanks")
        for code in ("form1", "form2", "form3"):
            for fmt in ("pdf", "docx"):
                link = reverse("desk:blank", args=[code, fmt])
                assert link in shown
                body = client.get(link).content
                assert body[:4] in (b"%PDF", b"PK\x03\x04")
    for args in (["dossier", "pdf"], ["form1", "exe"]):
        assert as_(world, "officer").get(reverse("desk:blank", args=args)).status_code == 404


def send(client, **given):
    return client.post(reverse("desk:ledger_papers"), {"once": uuid4().hex, **given})


def test_ticked_cases_become_one_archive(world) -> None:
    first, second = make.told(world), make.told(world)
    client = as_(world, "officer")
    shown = page(client, "desk:ledger")
    assert f'value="{first.pk}"' in shown
    assert "成批打印" in shown
    place = send(client, paper="form3.docx", only=[str(first.pk)]).headers["Location"]
    assert "正在生成职工诉求工作进展情况跟踪表" in client.get(place).content.decode()
    export = Export.objects.get()
    acts.write_export(export_id=export.pk, by=SYSTEM, at=world.now)
    done = client.get(place).content.decode()
    assert "下载压缩包" in done
    assert "共 1 件" in done
    answer = client.get(reverse("desk:ledger_export_file", args=[export.pk]))
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert zipfile.ZipFile(io.BytesIO(body)).namelist() == [f"001 {first.number}.docx"]
    assert second.number not in str(body)


def test_the_filters_go_along_where_nothing_is_ticked(world) -> None:
    make.told(world)
    make.accepted(world)
    client = as_(world, "officer")
    assert 'name="state" value="told"' in client.get(reverse("desk:ledger") + "?state=told").content.decode()
    send(client, paper="form1.pdf", state="told")
    assert Export.objects.get().total == 1


@pytest.mark.parametrize("given", [{}, {"paper": "nothing.pdf"}, {"paper": "form1.pdf", "only": ["x"]}])
def test_nonsense_is_refused_in_words(world, given) -> None:
    make.told(world)
    client = as_(world, "officer")
    answer = send(client, **given)
    assert answer.status_code == 409
    assert "再试一次" in answer.content.decode()
    assert not Export.objects.exists()


def test_who_may_not_export_is_offered_nothing(world) -> None:
    make.told(world)
    for who in ("handler", "system", "delegate"):
        assert send(as_(world, who), paper="form1.pdf").status_code == 404
