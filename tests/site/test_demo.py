"""The demo county is whole and believable, and its one-click way in is shut everywhere else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case, Clock, ClockChange, Event, Message, Party, Secrecy
from huying.cases.reads import clock_state, running_clocks, worker_by_receipt
from huying.climb.models import Rung
from huying.feedback.models import Answer, ReopenRequest
from huying.handling.models import Item
from huying.kernel.errors import Refused
from huying.mechanism.reads import calendar, rules_for
from huying.meetings.models import AgreedItem, Meeting, Topic
from huying.notices.models import Notice
from huying.org.models import Level, Post, Role, Unit, User
from huying.site.demo.build import build
from huying.site.demo.days import Days
from huying.site.demo.entrance import FIRST, TO_TRY, demo_posts, receipts, to_be_first
from huying.site.demo.script import stories
from huying.trail.reads import verify
from tests.conftest import AFTERNOON, NOW
from tests.factories.org import make_unit

pytestmark = pytest.mark.demo


@pytest.fixture(scope="module")
def county(county_kept, stand, django_db_setup, django_db_blocker):
    """The county stands while this module's tests look at it."""
    stand(world=False)
    with django_db_blocker.unblock():
        county_kept()
        yield
        django_db_setup()


@pytest.fixture
def visitor(county, db, settings):
    """A browser on this machine, in a demo."""
    settings.HUYING_DEMO = True
    with time_machine.travel(AFTERNOON, tick=False):
        yield Client()


def _sign_in(client: Client, post: str, **headers):
    return client.post(reverse("demo_sign_in"), {"post": post}, **headers)


def _anybody() -> str:
    return next(demo_posts(AFTERNOON.date())).value


@pytest.mark.usefixtures("county", "db")
class TestCounty:
    def test_every_state_can_be_seen(self):
        states = Counter(Case.objects.values_list("status", flat=True))
        assert set(states) == {
            *(
                "registered",
                "supplement",
                "accepted",
                "consulting",
                "climbing",
                "handling",
                "reported",
                "told",
                "rated",
            ),
            "archived",
            *("declined", "withdrawn", "merged", "spam"),
        }
        assert sum(states.values()) >= 50
        assert states["archived"] > sum(states.values()) / 3
        items = set(Item.objects.values_list("status", flat=True))
        assert {"given", "doing", "returned", "done", "unable", "reported", "dropped"} <= items

    def test_the_five_employers_and_the_unions_above(self):
        assert Unit.objects.filter(is_demo=False).count() == 0
        assert {"state", "private", "institution", "platform"} <= set(Unit.objects.values_list("ownership", flat=True))
        employers = Unit.objects.filter(level__in=[Level.ENTERPRISE, Level.GROUP])
        assert employers.count() == 5
        assert employers.filter(workers__gt=1000).exists()
        assert {Level.COUNTY, Level.TOWN, Level.SUBSIDIARY, Level.WORKSHOP} <= set(
            Unit.objects.values_list("level", flat=True)
        )
        assert 55 <= User.objects.count() <= 80
        assert not any(user.has_usable_password() for user in User.objects.all())
        assert Post.objects.filter(acting_for__isnull=False).exists()
        assert Post.objects.filter(ends_on__lt=AFTERNOON.date()).exists()
        small = Unit.objects.get(short_name="禾木")
        assert Post.objects.filter(unit=small, role__in=[Role.CHAIR, Role.OFFICER]).count() == 1

    def test_one_union_is_stricter_than_the_county(self):
        strict, usual = (rules_for(Unit.objects.get(short_name=n), AFTERNOON.date()) for n in ("织棠", "沂三院"))
        assert strict.clock("accept").rule.days < usual.clock("accept").rule.days

    def test_new_due_today_and_overdue_stand_side_by_side(self):
        cases = list(Case.objects.open())
        days = calendar()
        states = [clock_state(clock, AFTERNOON.date(), days)[1] for clock in running_clocks(cases).values()]
        assert "今天到期" in states
        assert any(words.startswith("超期") for words in states)
        assert "暂停" in states
        assert Case.objects.filter(registered_at__date=AFTERNOON.date(), status="registered").exists()

    def test_it_was_lived_in_order_and_not_ahead(self):
        assert not Case.objects.filter(registered_at__gt=AFTERNOON).exists()
        assert Case.objects.filter(registered_at__lt=AFTERNOON - timedelta(days=300)).exists()
        for series, year in Case.objects.exclude(seq=None).values_list("series", "year").distinct():
            rows = Case.objects.filter(series=series, year=year).exclude(seq=None).order_by("seq")
            assert [row.registered_at for row in rows] == sorted(row.registered_at for row in rows)
        for clock in Clock.objects.filter(stopped_at__isnull=False):
            assert clock.stopped_at >= clock.started_at, clock.code

    def test_staff_kept_office_hours(self):
        odd = [
            f"{event.case.title} {event.label} {timezone.localtime(event.at):%H:%M}"
            for event in Event.objects.filter(post__isnull=False).select_related("case")
            if not 7 <= timezone.localtime(event.at).hour < 19
        ]
        assert odd == []

    def test_three_ways_to_speak_joint_cases_and_talk(self):
        assert set(Party.objects.values_list("secrecy", flat=True)) == set(Secrecy.values)
        assert Case.objects.filter(parties__first=False).distinct().count() >= 4
        assert Case.objects.values("channel").distinct().count() >= 8
        assert set(Message.objects.values_list("from_worker", flat=True)) == {True, False}
        assert {"asked", "done"} <= set(ClockChange.objects.filter(kind="extend").values_list("state", flat=True))
        said = set(Case.objects.exclude(recusals=None).values_list("recusals__said", flat=True))
        assert {"chair", "superior", "department", "union"} <= said

    def test_grades_are_mixed_and_one_waits_for_a_decision(self):
        grades = Counter(Answer.objects.values_list("result", flat=True))
        assert set(grades) == {"very_satisfied", "satisfied", "basic", "unsatisfied"}
        assert set(Answer.objects.values_list("way", flat=True)) == {"online", "phone", "face", "paper"}
        assert set(ReopenRequest.objects.values_list("granted", flat=True)) == {True, False, None}

    def test_old_notices_are_read_and_fresh_ones_wait(self):
        unread = Notice.objects.filter(read_at=None)
        assert 10 <= unread.count() <= 150
        assert not unread.filter(created_at__lt=AFTERNOON - timedelta(days=7)).exists()

    def test_meetings_stand_at_every_step_and_what_was_agreed_is_worked_on(self):
        assert set(Meeting.objects.values_list("status", flat=True)) == {"called", "circulated", "signed"}
        assert Meeting.objects.filter(on_paper=True, status="signed").exists()
        assert {"draft", "ready", "agenda", "settled", "not_agreed", "noted", "refused"} <= set(
            Topic.objects.values_list("status", flat=True)
        )
        assert AgreedItem.objects.count() >= 3
        assert set(Rung.objects.values_list("status", flat=True)) == {"taken", "solved"}

    def test_the_trail_holds(self):
        assert verify() == []

    def test_building_again_keeps_everything(self):
        before = Case.objects.count()
        assert not build(at=AFTERNOON + timedelta(days=3))
        assert Case.objects.count() == before

    def test_the_receipts_open_their_matters(self):
        found = list(receipts())
        assert [case.status for _, _, case in found] == ["told", "handling", "supplement"]
        assert len(found) == len(TO_TRY)
        assert all(worker_by_receipt(receipt.replace(" ", "")) for _, receipt, _ in found)


@pytest.mark.django_db
def test_a_real_unions_home_is_refused():
    make_unit("真实的工会")
    with pytest.raises(Refused):
        build(at=NOW)


@pytest.mark.usefixtures("county", "db")
@pytest.mark.parametrize("hour", [0, 3, 7, 9, 13, 23])
@pytest.mark.parametrize("ahead", [0, 1, 2, 40])
def test_stories_fit_any_day_and_hour(hour, ahead):
    moment = (NOW + timedelta(days=ahead)).replace(hour=hour, minute=20)
    steps = [step for story in stories(Days(moment, calendar())) for step in story.steps]
    assert max(step.at for step in steps) <= moment


class TestOneClick:
    def test_the_list_names_posts_by_unit_and_one_click_enters(self, visitor):
        page = visitor.get(reverse("account_login"))
        assert "沂川织棠纺织有限公司工会" in page.content.decode()
        post = next(one for one in demo_posts(timezone.localdate()) if one.name == "麻建军")
        assert post.value in page.content.decode()
        answer = _sign_in(visitor, post.value)
        assert (answer.status_code, answer.url) == (302, "/desk/")
        assert visitor.session["_auth_user_id"] == str(Post.objects.get(pk=post.value).person.user.pk)

    def test_a_few_are_offered_first_each_with_what_there_is_to_see(self, visitor):
        first = to_be_first(demo_posts(timezone.localdate()))
        assert [post.name for post in first] == list(FIRST)
        page = visitor.get(reverse("account_login")).content.decode()
        offered, everybody = page.split("<details", maxsplit=1)
        assert all(post.value in offered and post.shows in offered for post in first)
        assert all(post.value in everybody for post in demo_posts(timezone.localdate()))

    def test_not_outside_a_demo(self, visitor, settings):
        settings.HUYING_DEMO = False
        assert _sign_in(visitor, _anybody()).status_code == 404
        assert "演示：选一个人进去" not in visitor.get(reverse("account_login")).content.decode()

    def test_not_where_a_real_unit_stands(self, visitor):
        make_unit("真实的工会")
        assert _sign_in(visitor, _anybody()).status_code == 404

    def test_not_where_no_unit_stands(self, visitor, monkeypatch):
        monkeypatch.setattr(Unit.objects, "exists", lambda: False)
        assert _sign_in(visitor, _anybody()).status_code == 404

    @pytest.mark.parametrize("address", ["10.0.0.7", "192.168.1.2", "2001:db8::1", "", "unix:"])
    def test_not_from_another_machine(self, visitor, address):
        assert _sign_in(visitor, _anybody(), REMOTE_ADDR=address).status_code == 404

    @pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
    def test_from_this_machine(self, visitor, address):
        assert _sign_in(visitor, _anybody(), REMOTE_ADDR=address).status_code == 302

    @pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA"])
    def test_not_through_a_proxy(self, visitor, header):
        assert _sign_in(visitor, _anybody(), **{header: "127.0.0.1"}).status_code == 404

    @pytest.mark.parametrize("post", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_not_as_nobody(self, visitor, post):
        assert _sign_in(visitor, post).status_code == 404

    def test_not_by_a_mere_look(self, visitor):
        assert visitor.get(reverse("demo_sign_in")).status_code == 404

    def test_not_as_somebody_whose_post_ended(self, visitor):
        ended = Post.objects.filter(ends_on__lt=AFTERNOON.date()).first()
        assert _sign_in(visitor, str(ended.pk)).status_code == 404
