"""Posters, signs and cards: what stands on them comes from unit and rules; files open; the right code leads there."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.shared import Mm

from huying.intake.acts import print_posters
from huying.intake.posters import drawn
from huying.intake.reads import KINDS, preview, sheets_for
from huying.kernel.errors import NotYours, Refused
from huying.org.models import Unit
from huying.trail.models import Entry
from tests.papers.measure import MM, pages_of, texts

pytestmark = pytest.mark.django_db
BASE = "https://gh.example.org"
SIZES = {"poster": (210, 297), "sign": (210, 148), "card": (210, 297)}


def made(world, *units, kind="poster", fmt="pdf", by="officer"):
    """Name and body."""
    return print_posters(units=units, kind=kind, fmt=fmt, base=BASE, by=world.as_(by), at=world.now)


@pytest.mark.parametrize("kind", KINDS)
def test_each_unit_has_one_page_of_the_right_size_with_its_own_name_and_address(world, kind):
    Unit.objects.filter(pk=world.plant.pk).update(phone="0539-4271234", address="办公楼 203")
    name, body = made(world, *Unit.objects.filter(pk__in=[world.plant.pk, world.shop.pk]), kind=kind)
    assert name == f"{KINDS[kind].name} 山泉机械有限公司等 2 个单位.pdf"
    pages = pages_of(body)
    assert len(pages) == 2
    for page in pages:
        assert (round(page.mediabox.width / MM), round(page.mediabox.height / MM)) == SIZES[kind]
    plant, shop = texts(body)
    assert "山泉机械有限公司" in plant.replace("\n", "")
    assert "铸造车间" in shop.replace("\n", "")
    for words in ("0539-4271234", "12351", "有事，跟工会说"):
        assert words in shop.replace("\n", "").replace(" ", ""), words
    if kind == "card":
        assert shop.count("12351") == 10


def test_what_is_promised_is_the_union_s_own_rule_with_its_clause(world):
    (sheet,), unions = sheets_for([world.shop], BASE, world.now.date())
    assert unions == [world.plant]
    said = {step.says: step.clause for step in sheet.steps}
    assert said["收到结果，3 日内告诉您"] == "蒙会发〔2017〕21号 三(二)4"
    assert any(words.startswith("2 个工作日内") for words in said)
    assert sheet.address == f"{BASE}/u/{world.shop.code}"
    assert sheet.within == "山泉机械有限公司"


@pytest.mark.parametrize("kind", KINDS)
def test_the_word_file_opens_again_with_words_and_code(world, kind):
    name, body = made(world, world.shop, kind=kind, fmt="docx")
    assert name.endswith(".docx")
    paper = Document(io.BytesIO(body))
    xml = paper.element.body.xml
    for words in ("铸造车间", "有事，跟工会说", "12351"):
        assert words in xml, words
    assert "{{" not in xml
    assert "{%" not in xml
    assert xml.count("<wp:inline") == (10 if kind == "card" else 1)
    section = paper.sections[0]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == SIZES[kind]


def test_word_files_of_several_units_come_in_an_archive(world):
    name, body = made(world, world.plant, world.shop, kind="sign", fmt="docx")
    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.namelist() == ["001 山泉机械有限公司.docx", "002 铸造车间.docx"]


def test_a_very_long_name_stays_on_its_page(world):
    unit = world.plant
    unit.name = "沂蒙新型建筑材料与装备制造（集团）股份有限公司第二分公司机械加工与热处理联合事业部工会"
    (sheet,), _ = sheets_for([unit], BASE, world.now.date())
    for kind in KINDS:
        assert len(pages_of(drawn(kind, "pdf", [sheet], world.now.date()))) == 1
        assert preview(kind, sheet).startswith(b"\x89PNG")


def test_it_is_written_down_on_the_union_s_chain_how_many_were_made(world):
    made(world, world.shop)
    entry = Entry.objects.get(chain=world.plant.pk, act="posters.made")
    assert entry.data == {"kind": "poster", "units": 1}


def test_only_for_units_in_reach_and_not_too_many(world, monkeypatch):
    for by in ("handler", "delegate", "security", "audit", "liaison", "manager"):
        with pytest.raises(NotYours):
            made(world, world.plant, by=by)
    with pytest.raises(NotYours):
        made(world, world.plant, world.other)
    assert made(world, world.other, by="system")
    with pytest.raises(Refused, match="没有选单位"):
        made(world)
    monkeypatch.setattr("huying.intake.acts._posters.MOST", 1)
    with pytest.raises(Refused, match="一次最多印 1 个"):
        made(world, world.plant, world.shop)
