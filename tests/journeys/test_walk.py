"""Every page and state each role can reach, at 360 and at 1440 px: axe finds nothing, nothing is wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page

from huying.desk.views.case_acts import ACTS
from huying.desk.views.items import ACTS as ITEM_ACTS
from tests.factories.org import make_person, make_post
from tests.journeys.stage import DESK, PHONE, Stage, seen
from tests.matrix.climb import CLIMB
from tests.matrix.duties import DUTIES
from tests.matrix.figures import FIGURES
from tests.matrix.personal import PERSONAL
from tests.matrix.scene import Scene
from tests.matrix.table import DEPARTMENT, DOSSIER, LISTS, RULES

ORGANISED = (
    "org-unit",
    "org-unit-new",
    "org-unit-edit",
    "org-unit-move",
    "org-unit-merge",
    "org-department-new",
    "org-person-new",
)
ABOUT_A_PERSON = ("org-person", "org-person-edit", "org-person-left")


def menu(page: Page, stage: Stage) -> list[str]:
    """Where the menu leads."""
    page.goto(stage.url + "/desk/")
    found = page.eval_on_selector_all("#menu nav a[href]", "links => links.map(one => one.getAttribute('href'))")
    return [*dict.fromkeys(found), reverse("desk:notices")]


def case_pages(scene: Scene) -> Iterator[str]:
    """A dossier in every state, every act on it."""
    for status in (
        "registered",
        "supplement",
        "spam",
        "accepted",
        "handling",
        "reported",
        "told",
        "rated",
        "unhappy",
        "archived",
    ):
        yield reverse("desk:case", args=[scene.case("plant", status).pk])
    for row in DOSSIER:
        if row.name in ("desk:case_act", "desk:case_act_of") and "officer" in row.reads["plant"]:
            yield reverse(row.name, args=row.args(scene, "plant"))
    yield reverse("desk:case", args=[scene.case("plant", "handling").pk]) + "?show=looks"
    yield reverse("desk:search") + "?q=末班车"
    yield reverse("desk:search") + "?q=没有这样的字"
    yield reverse("desk:cases") + "?state=closed&q=没有"
    yield reverse("desk:ledger") + "?words=没有这样的字"
    yield reverse("desk:ledger") + "?cols=state&cols=officer&cols=told"
    for row in FIGURES:
        if not row.alone and "officer" in row.reads["plant"] and not row.name.endswith(("_xlsx", "_pdf")):
            yield reverse(row.name, args=row.args(scene, "plant"))
    yield from _personal(scene, "officer")
    for tab in ("", "closing", "to_call", "to_sign"):
        yield reverse("desk:surveys") + (f"?tab={tab}" if tab else "")
    for status in ("told", "rated", "archived"):
        yield reverse("desk:survey", args=[scene.case("plant", status).pk])
    yield reverse("desk:ledger_export", args=[scene.export().pk])
    yield reverse("desk:import_file", args=[scene.sheet().pk])
    yield "/desk/nowhere/"


def _personal(scene: Scene, role: str) -> Iterator[str]:
    """People's own data, as far as a role has it at the plant."""
    for row in PERSONAL:
        if role in row.reads.get("plant", ()):
            yield reverse(row.name, args=row.args(scene, "plant"))


def chair_pages(scene: Scene) -> Iterator[str]:
    """What only who approves sees."""
    for act, status in (("decide_reopen", "unhappy"), ("reopen", "rated")):
        yield reverse("desk:case_act", args=[scene.case("plant", status).pk, act])
    change = scene.change("plant")
    yield reverse("desk:case_act_of", args=[change.clock.case_id, "decide", change.pk])
    yield from _personal(scene, "chair")
    for row in DUTIES:
        if "chair" in row.reads["plant"] and not row.name.endswith(("xlsx", "pdf")):
            yield reverse(row.name, args=row.args(scene, "plant"))
    for row in RULES:
        if not row.alone and row.name != "desk:calendar":
            yield reverse(row.name, args=row.args(scene, "plant"))


def upper_pages(scene: Scene) -> Iterator[str]:
    """A case of a unit below, and one's own."""
    yield reverse("desk:case", args=[scene.case("plant", "handling").pk])
    yield reverse("desk:case_act", args=[scene.case("plant", "accepted").pk, "urge_union"])
    yield reverse("desk:case", args=[scene.case("past", "accepted").pk])
    yield reverse("desk:cases") + "?tab=below"


def handler_pages(scene: Scene) -> Iterator[str]:
    """An item in every state, every act on it."""
    for status in ("given", "doing", "returned", "done", "reported"):
        yield reverse("desk:item", args=[scene.item("plant", status).pk])
    for row in DEPARTMENT:
        if row.name == "desk:item_act":
            yield reverse(row.name, args=row.args(scene, "plant"))
    yield reverse("desk:items") + "?tab=closed"


def manager_pages(scene: Scene) -> Iterator[str]:
    """Read only."""
    yield reverse("desk:item", args=[scene.item("plant", "doing").pk])


def keeper_pages(scene: Scene) -> Iterator[str]:
    """The organisation, for the two administrators who look after it."""
    for name in ORGANISED:
        yield reverse(f"desk:{name}", args=[scene.unit("plant").pk])
    for name in ABOUT_A_PERSON:
        yield reverse(f"desk:{name}", args=[scene.member("plant").person_id])
    yield reverse("desk:org-department", args=[scene.department("plant").pk])
    yield reverse("desk:org-import")
    yield from (reverse(f"desk:{name}") for name in ("system-log", "system-use"))
    yield reverse("desk:setup") + f"?unit={scene.world.plant.pk}"
    yield reverse("desk:posters") + f"?kind=card&unit={scene.world.shop.pk}"


def security_pages(scene: Scene) -> Iterator[str]:
    """Posts and accounts."""
    member = scene.member("plant")
    yield reverse("desk:org-person", args=[member.person_id])
    yield reverse("desk:org-post-new", args=[member.person_id])
    yield reverse("desk:org-post-end", args=[member.pk])
    yield reverse("desk:org-account-new", args=[scene.without_account("plant").pk])
    make_post(scene.world.plant, "liaison", person=make_person(scene.world.plant, "新任", account=False))
    yield reverse("desk:accounts")
    yield reverse("desk:org-sign-in", args=[scene.unit("plant").pk])


def account_pages(scene: Scene) -> Iterator[str]:
    """One's own account, without a second factor and with one."""
    names = ("mfa_index", "usersessions_list", "account_change_password", "account_reauthenticate", "account_logout")
    yield from (reverse(name) for name in names)
    Authenticator.objects.create(user=scene.world.posts["audit"].person.user, type=Authenticator.Type.TOTP, data={})
    yield reverse("mfa_index")


@pytest.fixture(scope="module")
def scene(walked: Stage) -> Scene:
    """What is looked at, made when a walk first asks for it."""
    found = Scene(walked.world)
    found.case("plant", "handling")
    return found


@pytest.fixture
def _django_db_helper(scene: Scene) -> None:
    """Instead of pytest-django's own: the walks share one database and only look."""


PAGES: dict[str, Any] = {
    "officer": case_pages, "chair": chair_pages, "upper": upper_pages, "handler": handler_pages, "manager": manager_pages,
    "liaison": None, "delegate": None, "system": keeper_pages, "security": security_pages, "audit": account_pages,
}  # fmt: skip


def test_the_walk_takes_every_act() -> None:
    """An act added to a table is walked, because the walk reads the same table as the matrix; those of the climb are walked
    with the pages of consultation."""
    walked = {row.act for row in (*DOSSIER, *DEPARTMENT, *CLIMB, *PERSONAL)}
    assert set(ACTS) | set(ITEM_ACTS) <= walked
    assert LISTS


@pytest.mark.parametrize("role", PAGES)
def test_every_page_of_a_role(role: str, walked: Stage, scene: Scene) -> None:
    given = list(PAGES[role](scene)) if PAGES[role] else []
    page = walked.staff(role)
    wrong = []
    for number, path in enumerate([*menu(page, walked), *given]):
        page.set_viewport_size(DESK)
        wrong += _opened(page, walked, path)
        wrong += seen(page, path, DESK, PHONE, whole=number == 0)
    page.context.close()
    assert not wrong, "\n\n".join(wrong)


def test_every_page_of_a_worker(walked: Stage, scene: Scene) -> None:
    """The worker's pages, with a matter in each state that looks different there."""
    page = walked.worker()
    wrong = []
    for path in ("/", f"/u/{walked.world.shop.code}/", "/my/", "/find/?q=山泉", "/help/", "/consent/", "/u/nowhere/",
                 "/receipt/", "/accounts/login/", "/nowhere/"):  # fmt: skip
        wrong += _looked(page, walked, path)
    for status in ("registered", "supplement", "told", "archived"):
        scene._case("plant", status)  # a fresh one: its receipt is the way in
        page.goto(walked.url + "/my/#" + scene.voice.receipt)
        page.wait_for_url("**/my/case/")
        for path in ("/my/case/", "/my/join/", "/my/disclose/", "/my/withdraw/", "/my/retaliation/"):
            wrong += _looked(page, walked, path)
        page.context.clear_cookies()
    page.context.close()
    assert not wrong, "\n\n".join(wrong)


def _looked(page: Page, stage: Stage, path: str) -> list[str]:
    return [*_opened(page, stage, path), *seen(page, path, PHONE, DESK, whole=path in ("/", "/my/case/"))]


def _opened(page: Page, stage: Stage, path: str) -> list[str]:
    """Open it; an answer other than the page is a fault, except where nothing is asked for."""
    answer = page.goto(stage.url + path)
    status = answer.status if answer else 0
    return [] if status == (404 if "nowhere" in path else 200) else [f"{path} answers {status}"]
