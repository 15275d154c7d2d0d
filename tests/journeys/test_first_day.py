"""From an empty home to the first worker's matter: three administrators, a chair and a phone; clicks are counted.

What people type and wait for is theirs; what the product asks of them, clicks and pages, is held here.  Fifteen minutes at
twelve seconds a click, reading included, are 75 clicks.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from huying.cases.models import Case
from huying.org.models import Level, Role, Unit, User
from huying.site.founding import Administrator, Plan, found
from tests.journeys.stage import Stage, look

CLICKS = 75
PASSWORD = "bei-shan-shui-ku-7"
ADMINISTRATORS = (
    Administrator(Role.SYSTEM_ADMIN, "管甲", "guan.jia"),
    Administrator(Role.SECURITY_ADMIN, "管乙", "guan.yi"),
    Administrator(Role.AUDIT_ADMIN, "管丙", "guan.bing"),
)


class Counted:
    """A page whose clicks are counted."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, where: Any) -> None:
        """One click."""
        self.clicks += 1
        where.click()


def workbook(folder: Path, firm: str, people: list[tuple[str, str, str]], departments: tuple[str, ...]) -> str:
    """The template filled in: one firm, its workshop, departments, people and posts (name, role, department)."""
    sheets = {
        "组织": [
            ("名称", "上级", "层级", "简称", "有独立工会", "工会电话"),
            ("一车间", firm, "车间（科室）", "", "否", ""),
        ],
        "部门": [("组织", "部门名称"), *((firm, name) for name in departments)],
        "人员": [("组织", "姓名", "工号"), *((firm, name, str(1000 + n)) for n, (name, _, _) in enumerate(people))],
        "任职": [("组织", "姓名", "角色", "部门"), *((firm, name, role, where) for name, role, where in people)],
    }
    path = folder / "花名册.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for title, rows in sheets.items():
            page = book.add_worksheet(title)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return str(path)


def first_sign_in(stage: Stage, count: Counted, login: str, password: str) -> Page:
    """Name, one-time password, a password of one's own."""
    page = stage.at_desk()
    page.goto(stage.url + "/desk/")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(password)
    count.click(page.get_by_role("button", name="登录", exact=True))
    page.locator("input[name=oldpassword]").fill(password)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    count.click(page.get_by_role("button", name="改成新密码"))
    page.wait_for_load_state()
    page.goto(stage.url + "/desk/setup/")
    return page


def bring_in(page: Page, count: Counted, book: str) -> None:
    """From 开始使用 through the workbook to its result."""
    count.click(page.get_by_role("link", name="用表格导入").first)
    page.locator("input[type=file]").set_input_files(book)
    count.click(page.get_by_role("button", name="上传并预览"))
    count.click(page.get_by_role("button", name="全部导入"))
    page.wait_for_url("**/result/")


def speak(stage: Stage, count: Counted, unit: Unit) -> str:
    """A worker scans the code of the workshop and says it."""
    page = stage.worker()
    stage.go(page, f"/u/{unit.code}/")
    page.locator("textarea[name=words]").fill("更衣室的热水坏了两周。")
    count.click(page.locator("label", has_text="匿名").first)
    count.click(page.locator("label", has_text="我看过上面的说明，同意"))
    count.click(page.get_by_role("button", name="交给工会"))
    page.wait_for_url("**/receipt/")
    return page.locator("main").inner_text()


@pytest.mark.parametrize("size", ["small", "firm"])
def test_from_an_empty_home_to_the_first_matter_in_fifteen_minutes(
    empty_stage: Stage, tmp_path: Path, size: str
) -> None:
    stage, count = empty_stage, Counted()
    firm = "青山纺织有限公司工会"
    opened = found(Plan(Level.ENTERPRISE, firm, "青纺", ADMINISTRATORS, ("mengyin-2017-21",)), at=stage.world.now)
    people = [
        ("贺春梅", "工会主席", ""),
        ("江海", "行政负责人", ""),
        ("申亮", "部门承办人", "生产科"),
        ("何平", "职工代表", ""),
    ]
    departments = ("生产科",)
    if size == "firm":
        departments = ("生产科", "后勤科", "人事科")
        people += [("钱进", "部门承办人", "后勤科"), ("吴强", "部门承办人", "人事科")]
        people += [(f"代表{n}", "职工代表", "") for n in range(24)]
    book = workbook(tmp_path, firm, people, departments)
    system, security, audit = (first_sign_in(stage, count, one.login, one.password) for one in opened)
    look(system)
    expect(system.locator("main")).to_contain_text("要您做的")
    bring_in(system, count, book)
    security.goto(stage.url + "/desk/setup/")
    bring_in(security, count, book)
    security.goto(stage.url + "/desk/setup/")
    count.click(security.get_by_role("link", name="一次开好"))
    look(security)
    count.click(security.get_by_role("button", name="开账号，出密码条"))
    look(security)
    slips = security.locator(".hy-slips > li")
    expect(slips).to_have_count(len(people))
    slip = slips.filter(has_text="贺春梅").inner_text()
    login, password = re.search(r"登录名\s+(\S+)", slip)[1], re.search(r"初始密码\s+(\S+)", slip)[1]  # type: ignore[index]
    expect(audit.locator("main")).to_contain_text("等别人做的")
    chair = first_sign_in(stage, count, login, password)
    look(chair)
    count.click(chair.get_by_role("link", name="去印"))
    look(chair)
    with chair.expect_download() as saved:
        count.click(chair.get_by_role("button", name="印海报（PDF）"))
    assert saved.value.suggested_filename.endswith(".pdf")
    chair.goto(stage.url + "/desk/setup/")
    count.click(chair.get_by_role("button", name="试一件"))
    look(chair)
    count.click(chair.get_by_role("button", name="撤回它"))
    expect(chair.locator("main")).to_contain_text("路是通的")
    speak(stage, count, Unit.objects.get(name="一车间"))
    chair.goto(stage.url + "/desk/")
    expect(chair.locator("main")).to_contain_text("新收到")
    assert Case.objects.exclude(status="withdrawn").get().place.name == "一车间"
    assert User.objects.count() == 3 + len(people)
    assert count.clicks <= CLICKS, f"{count.clicks} clicks"
