"""Every address, and who gets what there.  An address without a row here fails ``test_every_address_has_its_row``.

A row says for each place an object can stand to its reader (``Scene.places``) which roles see it.  Everybody else gets the
page of a missing thing, and whoever is not signed in the sign-in page.  ``post`` is a form as it would be sent: who may,
gets on with it; who may look but not act (``refused``) is told why; nobody else changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.matrix.scene import CANARY, Scene, picture

ROLES = (
    "officer", "second", "chair", "upper", "handler", "head", "other_handler", "manager", "liaison", "delegate", "foreign",
    "system", "security", "audit", "posts_ended", "nobody",
)  # fmt: skip
STAFF = frozenset(ROLES) - {"nobody"}

# Who may know of a case, and who works on it, by the place it stands at.
READS = {
    "plant": {"officer", "second", "chair", "upper"},
    "hidden": {"officer", "second", "upper"},
    "logistics": {"officer", "second", "chair", "upper"},
    "past": {"upper"},
    "county": {"upper"},
    "other": {"foreign", "upper"},
}
OFFICE = {
    "plant": {"officer", "second", "chair"},
    "hidden": {"officer", "second"},
    "past": {"upper"},
    "county": {"upper"},
    "other": {"foreign"},
}
APPROVES = {"plant": {"chair"}, "hidden": set(), "county": {"upper"}, "other": {"foreign"}}
OFFICER = {"plant": {"officer"}, "hidden": {"officer"}, "county": {"upper"}, "other": {"foreign"}}
OTHERS = {place: office - OFFICER[place] for place, office in OFFICE.items() if place in OFFICER}
ITEMS = {"plant": {"handler", "head", "manager"}, "logistics": {"other_handler", "manager"}, "other": set()}
WORKS = {"plant": {"handler", "head"}, "logistics": {"other_handler"}, "other": set()}
# A masked copy: for who works with the item, and for the unions that read its case.
MASKED = {place: ITEMS[place] | READS[place] for place in ITEMS}
OFFICES = {"officer", "second", "chair", "upper", "foreign"}
REGISTRARS = OFFICES | {"liaison"}
CASEWORK_AND_ITEMS = {"handler", "head", "other_handler", "manager"}
Roles = Mapping[str, set[str]]
Made = Callable[[Scene, str], Any]


@dataclass(frozen=True)
class Row:
    """One address (or one act of an address) at its places."""

    name: str
    reads: Roles  # who gets the page, by place
    args: Made = lambda scene, place: []
    query: Made = lambda scene, place: {}
    get: int = 200  # what who may gets
    alone: int = 0  # an address of a form only: what everybody gets who just opens it
    post: Made | None = None
    acts: Roles | None = None  # who may send the form; ``reads`` without it
    refused: Roles = field(default_factory=dict)  # who may see the page but is told why not when sending
    sent: int = 302
    act: str = ""
    json: bool = False

    @property
    def id(self) -> str:
        """How the test is called."""
        return f"{self.name}{'-' + self.act if self.act else ''}"


def case_of(status: str) -> Made:
    """A case in that state."""
    return lambda scene, place: [scene.case(place, status).pk]


def act_row(act: str, status: str, post: Made | dict[str, Any], *, may: Roles = OFFICE, **more: Any) -> Row:
    """An act on a case."""
    at = ("plant", "hidden", "county", "other") if act in ("accept", "recuse_self") else ("plant", "hidden", "other")
    places = [place for place in at if place in may]
    given: Made = post if callable(post) else lambda scene, place: post
    return Row(
        "desk:case_act", {place: may[place] for place in places}, lambda s, p: [s.case(p, status).pk, act], post=given,
        act=act, **more,
    )  # fmt: skip


def of_row(act: str, of: Callable[[Scene, str], tuple[Any, Any]], post: Made | dict[str, Any], *, may: Roles = OFFICE,
           **more: Any) -> Row:  # fmt: skip
    """An act on something of a case: item, clock, change, person, file."""
    places = [place for place in ("plant", "hidden", "other") if place in may]
    given: Made = post if callable(post) else lambda scene, place: post

    def args(scene: Scene, place: str) -> list[Any]:
        case_id, about = of(scene, place)
        return [case_id, act, about]

    return Row("desk:case_act_of", {p: may[p] for p in places}, args, post=given, act=act, **more)


def item_row(act: str, status: str, **post: Any) -> Row:
    """An act of a department on its item.  The management head of the unit reads, and acts on nothing."""
    return Row("desk:item_act", WORKS, lambda s, p: [s.item(p, status).pk, act], post=lambda s, p: dict(post), act=act)


def _item(status: str) -> Callable[[Scene, str], tuple[Any, Any]]:
    def found(scene: Scene, place: str) -> tuple[Any, Any]:
        item = scene.item(place, status)
        return item.case_id, item.pk

    return found


def _clock(scene: Scene, place: str) -> tuple[Any, Any]:
    case = scene.case(place, "handling")
    return case.pk, case.clocks.get(code="item").pk


def _paused(scene: Scene, place: str) -> tuple[Any, Any]:
    clock = scene.paused(place)
    return clock.case_id, clock.pk


def _change(scene: Scene, place: str) -> tuple[Any, Any]:
    change = scene.change(place)
    return change.clock.case_id, change.pk


def _party(status: str) -> Callable[[Scene, str], tuple[Any, Any]]:
    def found(scene: Scene, place: str) -> tuple[Any, Any]:
        case = scene.case(place, status)
        return case.pk, case.parties.get().pk

    return found


def _file(scene: Scene, place: str) -> tuple[Any, Any]:
    row = scene.original(place)
    return row.case_id, row.pk


def _officer(scene: Scene, place: str) -> dict[str, Any]:
    return {"officer": str(scene.places[place].officer.pk)}


def _accept(scene: Scene, place: str) -> dict[str, Any]:
    return {
        "content_class": "rights", "category": "living", "difficulty": "easy", "title": "班车", "summary": "班车早了",
        **_officer(scene, place),
    }  # fmt: skip


def _four(scene: Scene, place: str) -> dict[str, Any]:
    at = scene.places[place]
    day = scene.world.now.date() + timedelta(days=9)
    return {
        "measure": "恢复", "department": str(at.department.pk), "handler": str(at.handler.pk), "deadline": day.isoformat(),
        "brief": "班车早了",
    }  # fmt: skip


def _register(scene: Scene, place: str) -> dict[str, Any]:
    return {
        "words": "食堂没有热水",
        "place": scene.world.shop.name,
        "secrecy": "sealed",
        "channel": "phone",
        "mine": "on",
    }


def _day(days: int) -> Made:
    return lambda scene, place: {
        "reason": "材料未到",
        "new_due": (scene.world.now.date() + timedelta(days=days)).isoformat(),
    }


REASON = {"reason": "情况有变"}
TEXT = {"text": "请抓紧"}

DOSSIER = (
    Row("desk:case", READS, case_of("accepted")),
    Row("desk:open", OFFICER, case_of("accepted"), alone=405, sent=200, post=lambda s, p: {"reason": "verify"}, refused=OTHERS),
    Row("desk:file", OFFICER, lambda s, p: [s.original(p).pk], act="original", refused=OTHERS),
    Row("desk:file", {p: READS[p] for p in ("plant", "hidden", "other")}, lambda s, p: [s.released(p).pk], act="released"),
    Row("desk:registered", READS, case_of("registered")),
    *(Row("desk:case_paper", READS, lambda s, p, code=code, fmt=fmt: [s.case(p, "told").pk, code, fmt], act=f"{code}-{fmt}")
      for code, fmt in (("form1", "pdf"), ("form2", "docx"), ("form3", "docx"), ("form4", "docx"), ("dossier", "pdf"))),
    Row("desk:case_flow", READS, case_of("told")),
    Row("desk:hand_over", {"plant": OFFICES}),
    Row("desk:hand_over_post", {"plant": {"officer", "chair"}, "county": {"upper"}, "other": {"foreign"}},
        lambda s, p: [s.case(p, "accepted").officer_id], post=lambda s, p: {"to_post": str(s.world.posts["second"].pk)},
        acts={"plant": {"officer", "chair"}}, refused={"county": {"upper"}, "other": {"foreign"}}, act="cases"),
    Row("desk:hand_over_post", {"plant": OFFICE["plant"]}, lambda s, p: [s.item(p).handler_id],
        post=lambda s, p: {"to_post": str(s.world.posts["head"].pk)}, act="items"),
    act_row("accept", "registered", _accept),
    act_row("take", "registered", _officer),
    act_row("assign", "accepted", _four),
    act_row("settle", "accepted", {"result": "已协调恢复"}),
    act_row("tell", "reported", lambda s, p: {"kind": "result", "how": "phone", "told_on": s.world.now.date().isoformat(),
                                              "text": "恢复了"}),
    act_row("archive", "rated", {"review": "看过了"}, refused={"plant": {"officer"}, "hidden": {"officer"}}),
    act_row("ask", "registered", {"question": "哪天开始的？"}),
    act_row("supplement", "supplement", {"text": "上周一开始"}),
    act_row("release", "accepted", {"title": "班车", "summary": "班车早了"}),
    act_row("merge", "accepted", lambda s, p: {"into": str(s.case(p, "handling").pk), "q": s.case(p, "handling").number}),
    act_row("split", "accepted", {"title": "另一件", "summary": "食堂没热水"}),
    act_row("pass_on", "accepted", lambda s, p: {"unit": str(s.places["other" if p != "other" else "county"].union.pk), **REASON,
                                                 "q": "医院" if p != "other" else ""}),
    act_row("join", "accepted", {"secrecy": "sealed", "name": "丁零", "phone": ""}, sent=200),
    act_row("decline", "registered", {**REASON, "other_way": "找社保局"}),
    act_row("spam", "registered", REASON),
    act_row("not_spam", "spam", {}),
    act_row("recuse_self", "accepted", {}, refused={"county": {"upper"}}),
    act_row("decide_reopen", "unhappy", {"grant": "yes", **REASON}, may=APPROVES),
    act_row("reopen", "rated", REASON, may=APPROVES),
    act_row("urge_union", "accepted", {"text": "请尽快"}, may={"plant": {"upper"}, "hidden": {"upper"}, "county": set(),
                                                              "other": {"upper"}}),
    of_row("give_again", _item("returned"), _four),
    of_row("redo", _item("reported"), lambda s, p: {**REASON, "deadline": _four(s, p)["deadline"]}),
    of_row("check", _item("doing"), TEXT),
    of_row("urge", _item("given"), TEXT),
    of_row("answer", _item("asked"), TEXT),
    of_row("report_on_paper", _item("doing"), lambda s, p: {
        **TEXT, "able": "done", "done_on": s.world.now.date().isoformat(), "handed_on": s.world.now.date().isoformat(),
        "files": picture()}),
    of_row("drop", _item("given"), REASON),
    of_row("extend", _clock, _day(8)),
    of_row("pause", _clock, REASON),
    of_row("resume", _paused, REASON, refused={"hidden": OFFICE["hidden"]}),
    of_row("decide", _change, {"approve": "yes", "reason": ""}, may=APPROVES),
    of_row("message", _party("accepted"), TEXT, refused=OTHERS),
    of_row("release_file", _file, {}, refused=OTHERS),
)  # fmt: skip

DEPARTMENT = (
    Row("desk:items", {"plant": CASEWORK_AND_ITEMS}),
    Row("desk:item", ITEMS, lambda s, p: [s.item(p).pk]),
    *(Row("desk:item_paper", MASKED, lambda s, p, code=code: [s.item(p).pk, code, "docx"], act=code) for code in ("form1", "form3")),
    Row("desk:item_file", {"plant": {*ITEMS["plant"], *READS["plant"]}, "other": {"foreign", "upper"}},
        lambda s, p: [s.proof(p).pk]),
    Row("desk:item_take", WORKS, lambda s, p: [s.item(p).pk], alone=405, post=lambda s, p: {}),
    item_row("progress", "doing", text="在谈"),
    item_row("done", "doing", text="办好了", done_on="2026-11-20"),
    item_row("unable", "doing", text="没有车"),
    item_row("report", "done", text="恢复了"),
    item_row("ask_union", "doing", text="几点下班？"),
    item_row("send_back", "doing", reason="归后勤"),
)  # fmt: skip

EVERYBODY = {"plant": set(STAFF)}
LISTS = (
    Row("desk:today", EVERYBODY),
    Row("desk:notices", EVERYBODY),
    Row("desk:notices-read", EVERYBODY, alone=405, post=lambda s, p: {}),
    Row("desk:notice-read", {"plant": {"handler"}}, lambda s, p: [s.notice("handler").pk], alone=405, post=lambda s, p: {},
        refused={"plant": STAFF - {"handler"}}),
    Row("desk:draft", EVERYBODY, lambda s, p: ["register"], get=204, json=True, sent=200,
        post=lambda s, p: {"fields": {"words": ["写到一半"]}}),
    Row("desk:cases", {"plant": OFFICES}),
    Row("desk:search", {"plant": OFFICES}, query=lambda s, p: {"q": "班车"}),
    Row("desk:register", {"plant": REGISTRARS}, post=_register, refused={"plant": {"foreign"}}),
    Row("desk:register-alike", {"plant": OFFICES}, alone=405, sent=200, post=_register),
    Row("desk:register-earlier", {"plant": OFFICES}, alone=405, sent=200, post=lambda s, p: {"phone": "13900002222"}),
    Row("desk:register-masked", {"plant": OFFICES}, alone=405, sent=200, post=_register),
    Row("desk:register-departments", {"plant": REGISTRARS}, alone=405, sent=200, post=_register),
    Row("desk:register-places", {"plant": REGISTRARS}, query=lambda s, p: {"place": "车间"}),
    Row("desk:ledger", {"plant": OFFICES}),
    Row("desk:ledger_xlsx", {"plant": OFFICES}),
    Row("desk:ledger_later", {"plant": OFFICES}, alone=405, post=lambda s, p: {}),
    Row("desk:ledger_export", {"plant": {"officer"}}, lambda s, p: [s.export().pk]),
    Row("desk:ledger_export_stop", {"plant": {"officer"}}, lambda s, p: [s.export().pk], alone=405, post=lambda s, p: {}),
    Row("desk:ledger_export_file", {"plant": {"officer"}}, lambda s, p: [s.export().pk], get=409),
    Row("desk:import", {"plant": OFFICES}),
    Row("desk:import_file", {"plant": {"officer"}}, lambda s, p: [s.sheet().pk]),
    Row("desk:import_columns", {"plant": {"officer"}}, lambda s, p: [s.sheet().pk], alone=405,
        post=lambda s, p: {"words": "0", "channel": "online", "secrecy": "sealed"}),
    Row("desk:import_run", {"plant": {"officer"}}, lambda s, p: [s.sheet().pk], alone=405, post=lambda s, p: {}),
    Row("desk:import_drop", {"plant": {"officer"}}, lambda s, p: [s.sheet().pk], alone=405, post=lambda s, p: {}),
    Row("desk:ledger_papers", {"plant": OFFICES}, alone=405, refused={"plant": {"foreign"}},
        post=lambda s, p: {"paper": "form1.pdf", "only": str(s.case("plant", "told").pk)}),
    Row("desk:blanks", EVERYBODY),
    Row("desk:flow", EVERYBODY),
    *(Row("desk:blank", EVERYBODY, lambda s, p, code=code: [code, "pdf"], act=code) for code in ("form1", "form2", "form3", "form4")),
)  # fmt: skip

HAS_POST = {"plant": set(STAFF) - {"posts_ended"}}
OF_COUNTY, OF_OTHER = {"upper", "system", "security", "audit"}, {"foreign"}
# Rules are no secret to the staff of a union and of those above; the chair sets them.
RULES_OF = {"plant": set(STAFF) - {"posts_ended"} - OF_COUNTY - OF_OTHER | {"upper"}, "county": OF_COUNTY,
            "other": {*OF_OTHER, "upper"}}  # fmt: skip
SETS_RULES = {"plant": {"chair"}, "county": set(), "other": {"foreign"}}


def of_union(scene: Scene, place: str) -> dict[str, Any]:
    """Whose rules are meant."""
    return {"unit": scene.places[place].union.pk}


RULES = (
    Row("desk:packs", RULES_OF, query=of_union, post=lambda s, p: {"pack": "mengyin-2017-21", "act": "adopt"},
        acts=SETS_RULES),
    Row("desk:house-rules", RULES_OF, query=of_union, post=lambda s, p: s.house(p), acts=SETS_RULES),
    Row("desk:pack", HAS_POST, lambda s, p: ["mengyin-2017-21"]),
    Row("desk:clause", HAS_POST, lambda s, p: ["MY-3.2.4a"]),
    Row("desk:calendar", HAS_POST),
    Row("desk:calendar-read", {"plant": {"system"}}, alone=302, sent=200,
        post=lambda s, p: {"year": 2027, "wording": "国庆节：10月1日至7日放假调休，共7天。10月10日上班。"}),
    Row("desk:calendar-announce", {"plant": {"system"}}, alone=302, post=lambda s, p: {
        "days": ["2027-10-01 rest 国庆节"], "source": "试", "year": 2027, "wording": "国庆节：10月1日放假。"}),
    Row("desk:calendar-day", {"plant": {"system"}}, alone=302,
        post=lambda s, p: {"one-day": "2026-12-02", "one-kind": "rest", "one-name": "停电"}),
)  # fmt: skip

ADMINISTRATION = (
    Row("desk:system", {"plant": {"system"}}),
    Row("desk:readings", {"plant": {"audit"}}),
    Row("desk:trail", {"plant": {"audit"}}, sent=200, post=lambda s, p: {"do": "verify"}),
    Row("desk:anchors", {"plant": {"audit"}}),
)  # fmt: skip

KEEPS = {"system", "security"}
# The administrators of the world sit at the county: the plant is below, a second county is beside.
ORG_PLACES = {"plant": KEEPS, "county": KEEPS, "beside": set()}
ORG_ONLY = {"plant": {"system"}, "county": {"system"}, "beside": set()}
POSTS_ONLY = {"plant": {"security"}, "county": {"security"}, "beside": set()}
WITHIN = {"plant": {"system"}, "beside": set()}
UNIT = {"level": "workshop", "name": "新车间", "has_union": ""}


def unit(scene: Scene, place: str) -> list[Any]:
    """A unit."""
    return [scene.unit(place).pk]


def person(scene: Scene, place: str) -> list[Any]:
    """Somebody there, with an account and a post."""
    return [scene.member(place).person_id]


ORGANISATION = (
    Row("desk:org", {"plant": KEEPS}),
    Row("desk:org-unit", ORG_PLACES, unit),
    Row("desk:org-branch", ORG_PLACES, unit),
    Row("desk:org-unit-qr", ORG_PLACES, unit),
    Row("desk:org-unit-new", {"plant": {"system"}, "beside": set()}, unit, post=lambda s, p: UNIT),
    Row("desk:org-unit-edit", ORG_ONLY, unit, post=lambda s, p: {
        "level": s.unit(p).level, "name": "改了名", "short_name": "改", "version": s.unit(p).version, "has_union": "on"}),
    Row("desk:org-unit-move", WITHIN, unit, query=lambda s, p: {"to": s.unit("town").pk}, post=lambda s, p: {}),
    Row("desk:org-unit-merge", WITHIN, unit, query=lambda s, p: {"to": s.world.other.pk}, post=lambda s, p: {}),
    Row("desk:org-unit-close", {"empty": {"system"}, "beside": set()}, unit, alone=405, post=lambda s, p: {}),
    Row("desk:org-department-new", ORG_ONLY, unit, post=lambda s, p: {"name": "新部门"}),
    Row("desk:org-department", {"plant": {"system"}, "beside": set()}, lambda s, p: [s.department(p).pk],
        post=lambda s, p: {"name": "改名部", "version": s.department(p).version}),
    Row("desk:org-department-close", {"plant": {"system"}, "beside": set()}, lambda s, p: [s.department(p).pk], alone=405,
        post=lambda s, p: {}),
    Row("desk:org-person-new", ORG_ONLY, unit, post=lambda s, p: {"name": "新来的", "is_member": "on"}),
    Row("desk:org-people", {"plant": KEEPS}),
    Row("desk:org-people", {"plant": KEEPS, "beside": set()}, query=lambda s, p: {"unit": s.unit(p).pk}, act="of-unit"),
    Row("desk:org-person", ORG_PLACES, person),
    Row("desk:org-person-edit", ORG_ONLY, person, post=lambda s, p: {
        "name": "改名", "version": s.member(p).person.version, "is_member": "on"}),
    Row("desk:org-person-left", {"plant": {"system"}, "beside": set()}, person, post=lambda s, p: {"left_on": "2026-11-20"}),
    Row("desk:org-post-new", POSTS_ONLY, person, post=lambda s, p: {
        "unit": str(s.unit(p).pk), "role": "worker", "starts_on": "2026-11-20"}),
    Row("desk:org-post-end", POSTS_ONLY, lambda s, p: [s.member(p).pk], post=lambda s, p: {"ends_on": "2026-11-21"}),
    Row("desk:org-account-new", {"plant": {"security"}, "beside": set()}, lambda s, p: [s.without_account(p).pk],
        post=lambda s, p: {"username": "xinren", "email": ""}),
    Row("desk:org-account-reset", POSTS_ONLY, person, alone=405, post=lambda s, p: {}),
    Row("desk:org-account-disable", POSTS_ONLY, person, alone=405, post=lambda s, p: {}),
    Row("desk:org-account-enable", {"plant": {"security"}, "beside": set()}, lambda s, p: [s.disabled(p).pk], alone=405,
        post=lambda s, p: {}),
    Row("desk:org-import", {"plant": KEEPS}),
    Row("desk:org-import-template", {"plant": KEEPS}),
    Row("desk:org-import-preview", {"plant": KEEPS}, get=302),
    Row("desk:org-import-drop", {"plant": KEEPS}, alone=405, post=lambda s, p: {}),
    Row("desk:org-import-result", {"plant": KEEPS}, get=302),
)  # fmt: skip

ROWS = (*DOSSIER, *DEPARTMENT, *LISTS, *RULES, *ADMINISTRATION, *ORGANISATION)

# Worker's pages: the same for everybody, signed in or not.  What a receipt opens is tried in ``test_receipts``.
OPEN = {
    "public:home": ([], 200), "public:find": ([], 200), "public:about": ([], 200), "public:receipt": ([], 200),
    "public:noted": ([], 405), "public:my": ([], 200), "public:case": ([], 302), "public:rate": ([], 302),
    "public:message": ([], 302), "public:answer": ([], 302), "public:file": ([uuid4()], 302), "public:leave": ([], 405),
    "public:left": ([], 200), "public:join": ([], 302), "public:disclose": ([], 302), "public:withdraw": ([], 302),
    "public:data": ([], 302), "public:copy": (["pdf"], 405), "public:correct": ([], 302), "public:erase": ([], 302),
    "public:withdraw_consent": ([uuid4()], 405), "public:consent_version": (["1999-01"], 404),
    "public:retaliation": ([], 302), "public:help": ([], 200), "public:consent": ([], 200), "public:unit": (["nowhere"], 404),
    "public:puzzle": ([], 404), "public:wider": ([], 302), "public:slip": (["x" * 40], 404),
    "public:reception": (["nowhere"], 404), "public:book": (["nowhere", uuid4()], 404), "public:again": ([], 302),
    "public:unbook": ([uuid4()], 405), "public:talk": ([uuid4()], 405), "public:promises": (["nowhere"], 404),
    "public:promise": (["nowhere", uuid4()], 404), "public:promise-say": (["nowhere", uuid4()], 404),
    "public:promise-rate": (["nowhere", uuid4()], 404),
    "public:answers": (["nowhere"], 404), "public:meetings": (["nowhere"], 404), "public:published": (["nowhere", uuid4()], 404),
}  # fmt: skip

# The account pages are allauth's own; here only that each is there, answers, and asks for a login where it must.
ACCOUNTS = {
    "account_login": 200, "account_logout": 302, "account_inactive": 200, "account_signup": 200, "account_reauthenticate": 302,
    "account_email": 302, "account_email_verification_sent": 200, "account_change_password": 302, "account_set_password": 302,
    "account_reset_password": 200, "account_confirm_login_code": 302, "account_reset_password_from_key_done": 200,
    "account_reset_password_done": 200, "account_confirm_email": 200, "account_reset_password_from_key": 200,
    "mfa_index": 302, "mfa_authenticate": 302, "mfa_reauthenticate": 302, "mfa_activate_totp": 302, "mfa_deactivate_totp": 302,
    "mfa_view_recovery_codes": 302, "mfa_generate_recovery_codes": 302, "mfa_download_recovery_codes": 302,
    "mfa_list_webauthn": 302, "mfa_add_webauthn": 302, "mfa_reauthenticate_webauthn": 302, "mfa_remove_webauthn": 302,
    "mfa_edit_webauthn": 302, "mfa_login_webauthn": 302, "usersessions_list": 302,
}  # fmt: skip
# Signing in as a demo post with one click: only there where every unit is a demo unit; counters, for who knows the token
# (both in ``tests/site``).
# Missing while there is no second factor whose codes they could show.
NEEDS_A_FACTOR = {"mfa_view_recovery_codes", "mfa_download_recovery_codes", "mfa_deactivate_totp"}
# Ending one's own session and the single sign-on: in ``tests/accounts``.
ELSEWHERE = {"demo_sign_in", "metrics", "session_end", "sso", "sso_back"}
ACCOUNT_ARGS = {
    "mfa_remove_webauthn": [1],
    "mfa_edit_webauthn": [1],
    "account_confirm_email": ["x"],
    "account_reset_password_from_key": ["1", "x-y"],
}
__all__ = [
    "ACCOUNTS",
    "ACCOUNT_ARGS",
    "CANARY",
    "ELSEWHERE",
    "NEEDS_A_FACTOR",
    "OPEN",
    "ROLES",
    "ROWS",
    "STAFF",
    "Row",
    "picture",
]
