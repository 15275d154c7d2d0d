"""What people do on the pages of consultation, by what they read on the screen: topics, meetings, the room, minutes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone
from docx import Document
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from huying.cases.models import Case
from huying.meetings.models import Meeting, Topic
from tests.journeys.stage import Stage

LAWFUL = ("content", "form", "procedure")


def at(stage: Stage, page: Page, name: str, *args: Any) -> Page:
    """A page of the desk by its name."""
    page.goto(stage.url + reverse(f"desk:{name}", args=args))
    return page


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def unchecked_by_the_browser(page: Page) -> None:
    """Let the server judge what is missing."""
    page.evaluate("document.querySelectorAll('form').forEach(one => { one.noValidate = true })")


def alert(page: Page, words: str) -> None:
    """Why it was refused, on top of the form."""
    expect(page.locator("main").get_by_role("alert").filter(has_text=words).first).to_be_visible()


def press(page: Page, words: str) -> None:
    """A button of the bar, which may stand behind “更多”."""
    link = page.locator(".hy-bar").get_by_role("link", name=words)
    if not link.is_visible():
        page.locator(".hy-bar summary").click()
    link.click()


# --- topics -----------------------------------------------------------------------------------------------------------


def raise_from(stage: Stage, page: Page, cases: Sequence[Case], *departments: str) -> None:
    """From the accepted cases beside the list of topics to the words of a new one."""
    at(stage, page, "topics")
    for case in cases:
        page.locator(f"input[name=cases][value='{case.pk}']").check()
    page.get_by_role("button", name="提成一个议题").click()
    for one in departments:
        page.get_by_label(one, exact=True).check()


def put(page: Page, title: str) -> Topic:
    """Hand the words in."""
    page.get_by_label("议题", exact=True).fill(title)
    page.get_by_role("button", name="提出议题").click()
    expect(heading(page)).to_have_text(title)
    return Topic.objects.get(title=title)


def review(page: Page, wrong: str = "", because: str = "") -> None:
    """The three findings; ``wrong`` is what is not lawful."""
    page.get_by_role("link", name="合法性审查").first.click()
    for one in LAWFUL:
        page.locator(f"input[name={one}][value={'no' if one == wrong else 'yes'}]").check()
        page.locator(f"textarea[name={one}_reason]").fill(because if one == wrong else "符合规定。")
    page.get_by_label("审查人").fill("县总工会法律顾问")
    page.get_by_role("button", name="登记审查结论").click()


def talk(page: Page, said: str, answer: str = "同意上会") -> None:
    """What management says before the meeting."""
    page.get_by_role("link", name="会前沟通").first.click()
    expect(page.get_by_label("同谁沟通")).not_to_have_value("")
    page.get_by_label("谈了什么").fill(said)
    page.get_by_label(re.compile(f"^{answer}")).check()
    page.get_by_role("button", name="登记沟通").click()


# --- getting a meeting ready --------------------------------------------------------------------------------------------


def new_meeting(page: Page, when: Any, place: str = "三楼会议室", *, paper: bool = False) -> Meeting:
    """Time and place on the form of a new meeting; its topics are ticked already."""
    page.get_by_label("哪天几点开的" if paper else "时间", exact=True).fill(
        f"{timezone.localtime(when):%Y-%m-%dT%H:%M}"
    )
    page.get_by_label("地点").fill(place)
    page.get_by_role("button", name="建好").click()
    expect(page.locator("#people")).to_be_visible()
    return Meeting.objects.get(pk=page.url.split("/meetings/")[1][:36])


def ask_everybody(page: Page) -> None:
    """Those who should attend are ticked."""
    page.get_by_role("button", name="请他们参会").click()
    expect(page.get_by_text("应当到会的还缺")).to_have_count(0)


# --- in the room --------------------------------------------------------------------------------------------------------


def uploaded(page: Page) -> None:
    """Nothing waits on the machine any more."""
    expect(page.get_by_text("待上传", exact=False).locator("visible=true")).to_have_count(0, timeout=15_000)


def entry(page: Page, title: str) -> Locator:
    """Bring an entry of the agenda to the front."""
    page.get_by_role("navigation", name="议程").get_by_role("link", name=title).click()
    found = page.locator("article:visible")
    expect(found.get_by_role("heading", level=2)).to_have_text(title)
    return found


def say(found: Locator, who: str, words: str) -> None:
    """A line of the discussion."""
    found.locator(".hy-room-say input[name=speaker]").fill(who)
    found.get_by_label("说了什么", exact=True).fill(words)
    found.get_by_role("button", name="记下这一条").click()
    expect(found.locator(".hy-room-lines, .hy-room-waiting").get_by_text(words).first).to_be_visible()


def unfold(found: Locator, words: str) -> None:
    fold = found.locator("details", has=found.page.locator("summary", has_text=words)).first
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()


def agree(found: Locator, measure: str, department: str, handler: str, plus: int = 15) -> None:
    """The four; what is missing is said until they are all there."""
    unfold(found, "定下事项")
    found.get_by_label("解决措施").fill(measure)
    expect(found.locator("[data-lacking]")).to_contain_text("还缺：时限、部门、人")
    found.get_by_role("button", name=f"{plus} 天后").click()
    found.get_by_label("承办部门").select_option(department)
    found.get_by_label("具体人员").select_option(label=handler)
    expect(found.get_by_text("四项齐了，可以定下。")).to_be_visible()
    found.get_by_role("button", name="定下", exact=True).click()
    expect(found.locator(".hy-room-measure", has_text=measure)).to_be_visible()


def settle(found: Locator, result: str, words: str = "", way: str = "") -> None:
    """Another result."""
    unfold(found, "别的结果")
    found.get_by_label(result, exact=True).check()
    if way:
        found.get_by_label(way, exact=True).check()
    found.locator(".hy-room-settle textarea[name=text]").fill(words)
    found.get_by_role("button", name="记下结果").click()


# --- minutes ------------------------------------------------------------------------------------------------------------


def circulate(page: Page) -> None:
    """Send the words round."""
    page.get_by_role("button", name="送参会人核对").click()
    page.get_by_role("dialog").get_by_role("button", name="送出去").click()
    expect(page.locator("main")).to_contain_text("征求意见")


def sign(page: Page) -> None:
    """Sign for one's own side, having read what it brings about."""
    page.get_by_role("button", name="签字", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^签字")).click()


def sign_on_paper(page: Page, name: str, title: str, scan: str = "") -> None:
    """A signature that stands on paper."""
    page.get_by_role("link", name="登记纸上的签字").click()
    page.get_by_label("签字人").fill(name)
    page.get_by_label("职务").fill(title)
    page.get_by_label("签字日期").fill(f"{timezone.localdate():%Y-%m-%d}")
    if scan:
        page.locator("input[type=file]").set_input_files(scan)
    page.get_by_role("button", name="登记签字").click()


# --- papers -------------------------------------------------------------------------------------------------------------


def taken(page: Page, address: str) -> bytes:
    """A file as the signed-in person gets it."""
    answer = page.request.get(address if address.startswith("http") else page.url.split("/desk/")[0] + address)
    assert answer.ok, f"{address} answers {answer.status}"
    return answer.body()


def words_of_paper(body: bytes, kind: str) -> str:
    """What another program reads in a PDF or a Word file, without white space."""
    if kind == "pdf":
        text = "".join(side.extract_text() for side in PdfReader(BytesIO(body)).pages)
    else:
        sheet = Document(BytesIO(body))
        text = "".join(line.text for line in sheet.paragraphs)
        text += "".join(cell.text for table in sheet.tables for row in table.rows for cell in row.cells)
    return re.sub(r"\s", "", text)


def scan_at(folder: Path) -> str:
    """A photo of signed minutes."""
    from tests.files.samples import photo

    path = folder / "signed.jpg"
    path.write_bytes(photo(size=(320, 240)))
    return str(path)


def in_days(stage: Stage, days: int, hour: int = 14) -> Any:
    """A moment of another day of the story."""
    return (stage.world.now + timedelta(days=days)).replace(hour=hour, minute=30)
