"""Mechanism packs, clauses and house rules on the desk: who sees, who decides, what is refused and why."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from huying.mechanism import reads
from huying.mechanism.models import Adoption
from huying.org.models import Unit
from tests.desk.browser import STAFF, page

pytestmark = pytest.mark.django_db


def typed(html):
    """The form's fields as a browser would send them."""
    found: dict[str, list[str]] = {}
    form = html[html.index("data-once") :]
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        box = given.get("type") in ("checkbox", "radio")
        if "name" in given and (not box or " checked" in tag) and " disabled" not in tag:
            found.setdefault(given["name"], []).append(given.get("value", "on" if box else ""))
    for name, body in re.findall(r'<select name="([^"]+)"(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        found[name] = [chosen.group(1)]
    return found


@pytest.mark.parametrize("role", STAFF)
def test_everybody_with_a_post_may_read_the_rules(sign_in, role):
    client = sign_in(role)
    html = page(client.get(reverse("desk:packs")))
    assert "蒙会发〔2017〕21号" in html
    page(client.get(reverse("desk:house-rules")))
    page(client.get(reverse("desk:pack", args=["mengyin-2017-21"])))
    page(client.get(reverse("desk:clause", args=["MY-3.2.4a"])))
    assert ("定本单位细则" in html) == (role in ("chair", "foreign"))


def test_without_a_post_there_is_nothing(client, world, now):
    from tests.factories.org import make_person

    client.force_login(make_person(world.plant).user)
    for name, args in (("packs", []), ("house-rules", []), ("pack", ["house"]), ("clause", ["MY-2.1"])):
        assert client.get(reverse(f"desk:{name}", args=args)).status_code == 404


@pytest.mark.clause("MY-3.2.4a", "MY-3.2.4b")
def test_every_limit_says_how_many_days_of_which_kind_since_when_and_by_which_clause(sign_in):
    html = page(sign_in("officer").get(reverse("desk:packs")))
    row = html[html.index(">书面反馈<br>") :].split("</tr>")[0]
    for words in (
        "3 个自然日，末日逢休息日顺延",
        "办结的次日",
        "书面反馈提交",
        "沂河县总工会",
        "蒙会发〔2017〕21号 三(二)4",
    ):
        assert words in row
    assert reverse("desk:clause", args=["MY-3.2.4a"]) in row


def test_a_clause_says_where_it_stands_and_what_comes_from_it(sign_in):
    html = page(sign_in("handler").get(reverse("desk:clause", args=["MY-3.2.4b"])))
    assert "三(二)4" in html
    assert "告知诉求提出者" in html
    assert "3 个自然日" in html
    assert "没有直接算得出的规则" in page(sign_in("handler").get(reverse("desk:clause", args=["MY-4.2"])))
    assert sign_in("handler").get(reverse("desk:clause", args=["MY-9.9"])).status_code == 404
    assert sign_in("handler").get(reverse("desk:pack", args=["nothing"])).status_code == 404


def test_a_clause_of_a_pack_not_adopted_can_still_be_read(sign_in, world, now):
    Adoption.objects.filter(unit=world.county).update(from_day="2027-01-01")
    html = page(sign_in("chair").get(reverse("desk:clause", args=["MY-3.2.4b"])))
    assert "现在没有采用这个机制包" in html
    assert "还没有采用机制包" in page(sign_in("chair").get(reverse("desk:packs")))


def test_an_upper_union_reads_the_rules_below_and_nobody_those_beside(sign_in, world):
    packs = reverse("desk:packs")
    html = page(sign_in("upper").get(packs, {"q": "青石"}))
    assert f"unit={world.other.pk}" in html
    assert "青石医院工会" in page(sign_in("upper").get(packs, {"unit": world.other.pk}))
    assert sign_in("officer").get(packs, {"unit": world.other.pk}).status_code == 404
    assert sign_in("officer").get(packs, {"unit": "x"}).status_code == 404


def test_the_chair_adopts_and_drops_and_others_may_not(sign_in, world, now):
    Adoption.objects.filter(unit=world.county).update(from_day="2027-01-01")
    packs, today = reverse("desk:packs"), now.date()
    send = {"pack": "mengyin-2017-21", "act": "adopt", "once": "a" * 20}
    assert sign_in("officer").post(packs, send).status_code == 404
    assert sign_in("chair").post(packs, send).status_code == 302
    assert sign_in("chair").post(packs, send).status_code == 302  # the same submission once more
    assert [one.inherited for one in reads.adopted(world.plant, today)] == [False]
    html = page(sign_in("chair").post(packs, {**send, "once": "b" * 20}), 422)
    assert "已经采用了" in html
    assert sign_in("chair").post(packs, {**send, "act": "drop", "once": "c" * 20}).status_code == 302
    assert reads.adopted(world.plant, today) == []


def test_what_the_unit_above_adopted_cannot_be_dropped(sign_in):
    send = {"pack": "mengyin-2017-21", "act": "drop", "once": "d" * 20}
    html = page(sign_in("chair").post(reverse("desk:packs"), send), 422)
    assert "由沂河县总工会采用，下级沿用，不能停用" in html


@pytest.mark.clause("MY-2.3")
def test_a_union_sets_its_own_practice(sign_in, world, now):
    house = reverse("desk:house-rules")
    given = typed(page(sign_in("chair").get(house)))
    new = next(name for name in given if name.startswith("categories.own-"))
    given.update({"clocks.accept": ["1"], "clocks.accept.kind": ["working"], "counts.returns_allowed": ["1"],
                  new: ["班车通勤"], "new_parent": ["rights"], "scale": ["three"]})  # fmt: skip
    del given["channels.qq"], given["categories.training"]
    assert sign_in("chair").post(house, given).status_code == 302
    own = reads.house_rules(world.plant, now.date())
    assert own["clocks"] == {"accept": {"days": 1, "kind": "working", "roll": False}}
    assert own["counts"] == {"returns_allowed": 1}
    assert own["channels"] == {"qq": False}
    assert own["categories"] == {
        "training": False, new.partition(".")[2]: {"label": "班车通勤", "parent": "rights"},
    }  # fmt: skip
    rules = reads.rules_for(world.plant, now.date())
    assert [grade.code for grade in rules.scale().grades] == ["satisfied", "basic", "unsatisfied"]
    html = page(sign_in("chair").get(house))
    assert "本单位增加的" in html
    assert typed(html)["clocks.accept"] == ["1"]
    assert "班车通勤" in page(sign_in("officer").get(house))


def test_taking_everything_back(sign_in, world, now):
    house = reverse("desk:house-rules")
    start = typed(page(sign_in("chair").get(house)))
    new = next(name for name in start if name.startswith("categories.own-"))
    first = {**start, "clocks.accept": ["1"], "clocks.accept.kind": ["working"], new: ["班车"], "scale": ["three"]}
    del first["categories.training"]
    sign_in("chair").post(house, first)
    back = typed(page(sign_in("chair").get(house)))
    back.update({"clocks.accept": [""], "categories.training": ["on"], "scale": [""]})
    del back[new]
    assert sign_in("chair").post(house, back).status_code == 302
    assert reads.house_rules(world.plant, now.date()) == {}


@pytest.mark.clause("MY-2.3")
def test_a_looser_rule_is_refused_with_the_clause_that_forbids_it_and_nothing_typed_is_lost(sign_in, world, now):
    house = reverse("desk:house-rules")
    given = typed(page(sign_in("chair").get(house)))
    given.update({"clocks.tell": ["5"], "clocks.accept": ["99"], "counts.small_cell": ["3"]})
    html = page(sign_in("chair").post(house, given), 422)
    assert "蒙会发〔2017〕21号 三(二)4（沂河县总工会采用）规定 3 个自然日" in html
    assert "最多 15 天" in html
    assert "至少 5 人" in html
    assert typed(html)["clocks.tell"] == ["5"]
    assert reads.house_rules(world.plant, now.date()) == {}


def test_what_the_unit_above_settled_is_shown_and_cannot_be_changed(sign_in, world, now):
    from huying.kernel.actors import SYSTEM
    from huying.mechanism import acts

    changes = {"clocks": {"accept": {"days": 1, "kind": "working"}}, "channels": {"qq": True},
               "categories": {"training": False}}  # fmt: skip
    acts.set_house_rules(unit=world.county, changes=changes, by=SYSTEM, at=now)
    house = reverse("desk:house-rules")
    html = page(sign_in("chair").get(house))
    assert "沂河县总工会细则定的是1 个工作日" in html
    assert "沂河县总工会细则要求开通" in html
    given = typed(html)
    given["clocks.accept"] = ["2"]
    assert "沂河县总工会细则" in page(sign_in("chair").post(house, given), 422)


def test_two_people_at_once_are_told(sign_in, world, now):
    house = reverse("desk:house-rules")
    one, two = typed(page(sign_in("chair").get(house))), typed(page(sign_in("chair").get(house)))
    one["clocks.accept"] = ["1"]
    two["counts.returns_allowed"] = ["1"]
    assert sign_in("chair").post(house, one).status_code == 302
    html = page(sign_in("chair").post(house, two), 422)
    assert "改了本单位细则" in html
    assert typed(html)["counts.returns_allowed"] == ["1"]


def test_only_who_may_set_house_rules_sets_them(sign_in, world, now):
    house = reverse("desk:house-rules")
    given = typed(page(sign_in("chair").get(house)))
    for role in ("officer", "upper", "handler", "system", "foreign"):
        assert sign_in(role).post(house, {**given, "unit": world.plant.pk}).status_code == 404
    assert sign_in("chair").post(house, {"once": "e" * 20}).status_code == 422
    assert reads.house_rules(world.plant, now.date()) == {}


def test_statements_stay_the_same_however_many_units(sign_in, world, django_assert_max_num_queries):
    client, packs = sign_in("upper"), reverse("desk:packs")
    client.get(packs)
    with django_assert_max_num_queries(20) as few:
        client.get(packs)
    from tests.factories.org import make_unit

    for number in range(30):
        make_unit(f"第{number}厂工会", under=Unit.objects.get(pk=world.county.pk))
    with django_assert_max_num_queries(len(few)):
        client.get(packs)
