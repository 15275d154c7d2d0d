"""Handing over everything open: who sees whose, what moves, who can take it, what is refused."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.urls import reverse

from huying.cases import acts as cases
from huying.cases.models import Event, Recusal
from huying.handling import acts as handling
from huying.handling.models import Item, ItemEvent
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.notices.models import Notice
from huying.org.models import Role
from tests.desk.browser import as_
from tests.factories import world as make
from tests.factories.org import make_person, make_post

_keys = count(1)
ALL = reverse("desk:hand_over")


def of(world, name):
    return reverse("desk:hand_over_post", args=[world.posts[name].pk])


def send(world, from_, to, by="chair", status=302, **typed):
    typed = {"once": f"{next(_keys):032d}", "to_post": str(world.posts[to].pk), **typed}
    answer = as_(world, by).post(of(world, from_), typed)
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer


def ended(world, name):
    post = world.posts[name]
    post.ends_on = world.now.date() - timedelta(days=1)
    post.save()
    return post


def test_cases_of_an_office_are_listed_by_number_and_move_together(world):
    first, second = make.accepted(world), make.said(world)
    cases.take(case_id=second.pk, officer=world.posts["officer"], by=world.as_("officer"), at=world.now)
    page = as_(world, "chair").get(of(world, "officer")).content.decode()
    assert first.number in page
    assert second.number in page
    assert "移交这 2 件" in page
    answer = send(world, "officer", "second")
    assert answer["Location"] == ALL
    for case in (first, second):
        case.refresh_from_db()
        assert case.officer == world.posts["second"]
        assert "换由周明远负责" in Event.objects.filter(case=case).latest("version").worker_label
        assert Notice.objects.filter(recipient=world.posts["second"].person, subject=case.pk).exists()
    page = as_(world, "chair").get(ALL).content.decode()
    assert "李慧敏" not in page.split('id="main"')[1]


def test_items_of_a_handler_are_listed_by_code_and_move_within_the_department(world):
    item = make.assigned(world)
    page = as_(world, "officer").get(of(world, "handler")).content.decode()
    assert item.code in page
    assert "钱进" in page
    assert "吴强" not in page
    send(world, "handler", "head", by="officer")
    item.refresh_from_db()
    assert item.handler == world.posts["head"]
    assert ItemEvent.objects.filter(item=item, act="hand_over").exists()


def test_who_no_longer_holds_the_post_comes_first_and_is_marked(world):
    make.assigned(world)
    ended(world, "handler")
    page = as_(world, "chair").get(ALL).content.decode().split('id="main"')[1]
    assert page.index("孙立") < page.index("已离任") < page.index("李慧敏")


def test_after_the_post_ended_everything_still_moves(world):
    case = make.accepted(world)
    ended(world, "officer")
    send(world, "officer", "second")
    case.refresh_from_db()
    assert case.officer == world.posts["second"]


def test_today_says_that_somebody_left_with_open_cases(world):
    make.accepted(world)
    assert "已经离任，要移交" not in as_(world, "chair").get(reverse("desk:today")).content.decode()
    ended(world, "officer")
    page = as_(world, "chair").get(reverse("desk:today")).content.decode()
    assert "已经离任，要移交" in page
    assert f'href="{ALL}"' in page


@pytest.mark.parametrize("name", ["handler", "head", "manager", "liaison", "delegate", "system", "security", "audit"])
def test_nobody_outside_a_union_office_gets_the_pages(world, name):
    make.assigned(world)
    client = as_(world, name)
    assert client.get(ALL).status_code == 404
    assert client.get(of(world, "officer")).status_code == 404
    assert client.get(of(world, "handler")).status_code == 404


def test_another_union_neither_sees_nor_moves(world):
    item = make.assigned(world)
    for name in ("foreign", "upper"):
        assert as_(world, name).get(of(world, "officer")).status_code == 404
        send(world, "officer", "second", by=name, status=404)
        with pytest.raises(NotYours):
            handling.hand_over(
                from_post=world.posts["handler"], to_post=world.posts["head"], by=world.as_(name), at=world.now
            )
    item.refresh_from_db()
    assert item.handler == world.posts["handler"]


def test_a_colleague_hands_over_own_cases_and_nobody_else_s(world):
    case = make.accepted(world)
    page = as_(world, "second").get(ALL).content.decode().split('id="main"')[1]
    assert "李慧敏" not in page
    assert as_(world, "second").get(of(world, "officer")).status_code == 404
    send(world, "officer", "second", by="second", status=404)
    with pytest.raises(NotYours):
        cases.hand_over(
            from_post=world.posts["officer"], to_post=world.posts["second"], by=world.as_("second"), at=world.now
        )
    send(world, "officer", "second", by="officer")
    case.refresh_from_db()
    assert case.officer == world.posts["second"]


def test_who_cannot_take_over_is_not_offered_and_is_refused(world):
    case = make.accepted(world)
    assert "孙立" not in as_(world, "chair").get(of(world, "officer")).content.decode()
    send(world, "officer", "handler", status=422)
    for name in ("handler", "delegate", "foreign", "upper", "officer"):
        with pytest.raises(Invalid):
            handling.hand_over(
                from_post=world.posts["officer"], to_post=world.posts[name], by=world.as_("chair"), at=world.now
            )
    ended(world, "second")
    with pytest.raises(Invalid):
        handling.hand_over(
            from_post=world.posts["officer"], to_post=world.posts["second"], by=world.as_("chair"), at=world.now
        )
    case.refresh_from_db()
    assert case.officer == world.posts["officer"]


def test_an_item_goes_to_nobody_who_left_or_works_elsewhere(world):
    make.assigned(world)
    ended(world, "head")
    for name in ("head", "other_handler", "handler"):
        with pytest.raises(Invalid):
            handling.hand_over(
                from_post=world.posts["handler"], to_post=world.posts[name], by=world.as_("officer"), at=world.now
            )
    page = as_(world, "officer").get(of(world, "handler")).content.decode()
    assert "现在没有人能接办" in page
    assert "移交这" not in page


def test_one_case_that_concerns_the_other_stops_all_of_it_and_says_which(world):
    first, second = make.accepted(world), make.accepted(world)
    key = f"person:{world.posts['second'].person_id}"
    Recusal.objects.create(root_id=second.root_id, case=second, key=key, said="superior", at=world.now)
    page = send(world, "officer", "second", status=422).content.decode()
    assert f"{second.number} 涉及周明远" in page
    for case in (first, second):
        case.refresh_from_db()
        assert case.officer == world.posts["officer"]


def test_an_item_that_concerns_the_other_is_refused(world):
    item = make.assigned(world)
    key = f"person:{world.posts['head'].person_id}"
    Recusal.objects.create(root_id=item.root_id, case=item.case, key=key, said="superior", at=world.now)
    with pytest.raises(Refused):
        handling.hand_over(
            from_post=world.posts["handler"], to_post=world.posts["head"], by=world.as_("officer"), at=world.now
        )


def test_what_one_must_not_know_of_stays_and_leaves_no_trace(world):
    seen, hidden = make.assigned(world), make.assigned(world)
    key = f"person:{world.posts['chair'].person_id}"
    Recusal.objects.create(root_id=hidden.root_id, case=hidden.case, key=key, said="chair", at=world.now)
    page = as_(world, "chair").get(of(world, "handler")).content.decode()
    assert seen.code in page
    assert hidden.code not in page
    assert "移交这 1 件" in page
    send(world, "handler", "head")
    assert set(Item.objects.filter(handler=world.posts["handler"])) == {hidden}


def test_with_nothing_open_the_page_says_so_and_a_second_click_moves_nothing_twice(world):
    assert "没有要移交的" in as_(world, "chair").get(ALL).content.decode()
    assert "没有要移交的" in as_(world, "chair").get(of(world, "officer")).content.decode()
    item = make.assigned(world)
    for _ in range(2):
        answer = send(world, "handler", "head", by="officer", once="b" * 32)
        assert answer["Location"] == ALL
    assert ItemEvent.objects.filter(item=item, act="hand_over").count() == 1


def test_without_a_choice_nothing_moves(world):
    case = make.accepted(world)
    send(world, "officer", "second", status=422, to_post="")
    case.refresh_from_db()
    assert case.officer == world.posts["officer"]


# --- the way there from the organisation's pages ---------------------------------------------------------------------------


def test_administrators_read_who_can_and_get_no_link(world):
    make.accepted(world)
    person = world.posts["officer"].person
    page = as_(world, "security").get(reverse("desk:org-person", args=[person.pk])).content.decode()
    assert "本人或本单位工会的主席在目录的“移交”里" in page
    assert of(world, "officer") not in page
    for name, who in (("org-post-end", world.posts["officer"].pk), ("org-person-left", person.pk)):
        client = as_(world, "security" if name == "org-post-end" else "system")
        page = client.get(reverse(f"desk:{name}", args=[who])).content.decode()
        assert "本人或本单位工会的主席在目录的“移交”里" in page
        assert of(world, "officer") not in page


def test_a_chair_who_also_looks_after_the_roster_gets_the_link(world):
    make_post(world.plant, Role.SYSTEM_ADMIN, person=world.posts["chair"].person)
    person = world.posts["officer"].person
    page = as_(world, "chair").get(reverse("desk:org-person", args=[person.pk])).content.decode()
    assert of(world, "officer") in page


def test_as_many_statements_for_many_as_for_few(world, django_assert_max_num_queries):
    for _ in range(2):
        make.assigned(world)
    client = as_(world, "chair")
    client.get(ALL)  # the first page of a minute also writes down that the session is in use
    with django_assert_max_num_queries(14):
        client.get(ALL)
    few = _statements(client, of(world, "handler"))
    for n in range(8):
        person = make_person(world.plant, f"钱{n}")
        make_post(world.plant, Role.HANDLER, person=person, department=world.admin)
        make.assigned(world)
    assert _statements(client, of(world, "handler")) == few


def _statements(client, where):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        assert client.get(where).status_code == 200
    return len(seen)
