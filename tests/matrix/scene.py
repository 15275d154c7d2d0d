"""What the table of every address is tried on: cases and items in any state, at every place a reader can stand to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from huying.cases import acts as cases
from huying.cases.models import Case, CaseFile, ClockChange
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Concerns
from huying.climb import acts as climb
from huying.climb.models import Instruction, Lead, Rung
from huying.desk.forms.rules import HouseForm
from huying.feedback import acts as feedback
from huying.files.acts import check
from huying.handling import acts as handling
from huying.handling.models import Item
from huying.intake.acts import keep_sheet
from huying.ledger.acts import ask_export
from huying.ledger.rules import Selection
from huying.mechanism.reads import house_adoption, house_ground
from huying.meetings import acts as meetings
from huying.meetings.models import Meeting, MeetingFile, Topic
from huying.meetings.reads import agenda, day_of_meeting, draft_publication, proposed
from huying.meetings.rules import Terms
from huying.notices.models import Notice
from huying.org.models import Department, Level, Person, Post, Role, Unit
from huying.org.reads import acting_as
from tests.factories import world as make
from tests.factories.consultation import LAWFUL
from tests.factories.org import make_department, make_person, make_post, make_unit
from tests.factories.world import World
from tests.files.samples import photo

# The word only a hidden case has in its released text; it may show up nowhere for whom the case names.
CANARY = "金丝雀"
WORDS = "夜班末班车提前，下班赶不上"


@dataclass(frozen=True)
class Place:
    """Where a case stands: the unit it comes from, who answers for it, what must be kept from whom."""

    unit: Unit
    union: Unit
    officer: Post
    department: Department
    handler: Post
    concerns: Concerns


class Scene:
    """The world with one of everything; what a row of the table needs is made when it first asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made: dict[tuple[str, str], Any] = {}

    @cached_property
    def places(self) -> dict[str, Place]:
        """plant: own · hidden: own, about the chair · logistics: own, about the other department · past: the own union
        was passed over · county: the union above · other: a unit beside · branch: a unit below the plant · branch_hidden:
        likewise, about the plant's chair and its head of management."""
        w = self.world
        away, high = make_department(w.other, "总务科"), make_department(w.county, "权益部")
        theirs = make_post(w.other, Role.HANDLER, person=make_person(w.other, "许东"), department=away)
        above = make_post(w.county, Role.HANDLER, person=make_person(w.county, "戴北"), department=high)
        near = make_post(w.plant, Role.HANDLER, person=make_person(w.plant, "白芳"), department=w.logistics)
        officer, upper, handler = w.posts["officer"], w.posts["upper"], w.posts["handler"]
        about = Concerns(departments=(w.admin.pk,))
        branch = make_unit("南坡分厂工会", under=w.plant, level=Level.SUBSIDIARY, short_name="南坡")
        for name in ("chair", "manager"):  # both are known at the branch as well, so that a worker there can name them
            make_post(branch, Role.WORKER, person=w.posts[name].person)
        staff = make_post(branch, Role.OFFICER, person=make_person(branch, "尹芳"))
        office = make_department(branch, "综合科")
        clerk = make_post(branch, Role.HANDLER, person=make_person(branch, "邵林"), department=office)
        leaders = Concerns(superior="、".join(w.posts[name].person.name for name in ("chair", "manager")))
        return {
            "plant": Place(w.shop, w.plant, officer, w.admin, handler, Concerns()),
            "hidden": Place(w.shop, w.plant, officer, w.admin, handler, Concerns(chair=True)),
            "logistics": Place(w.shop, w.plant, officer, w.logistics, near, about),
            "past": Place(w.shop, w.county, upper, high, above, Concerns(own_union=True)),
            "county": Place(w.county, w.county, upper, high, above, Concerns()),
            "other": Place(w.other, w.other, w.posts["foreign"], away, theirs, Concerns()),
            "branch": Place(branch, branch, staff, office, clerk, Concerns()),
            "branch_hidden": Place(branch, branch, staff, office, clerk, leaders),
        }

    def who(self, place: str) -> dict[str, Any]:
        """By whom and when, for acts of a place's officer."""
        return {"by": acting_as(self.places[place].officer, self.world.now.date()), "at": self.world.now}

    def handler(self, place: str) -> dict[str, Any]:
        """By whom and when, for acts of its department."""
        return {"by": acting_as(self.places[place].handler, self.world.now.date()), "at": self.world.now}

    # --- cases ---

    def case(self, place: str, status: str) -> Case:
        """A case in a state, always the same one."""
        key = (place, status)
        if key not in self.made:
            self.made[key] = self._case(place, status)
        return Case.objects.get(pk=self.made[key].pk)

    def _case(self, place: str, status: str) -> Case:
        """A fresh one."""
        at = self.places[place]
        self.voice = make.voice(secrecy="named", name="马丽", phone="13900002222", words=WORDS)
        files = (check(upload=picture()),)
        case = make.said(self.world, self.voice, place=at.unit, concerns=at.concerns, files=files)
        step: Any = getattr(self, f"_to_{status}")
        step(place, case)
        return Case.objects.get(pk=case.pk)

    def _to_registered(self, place: str, case: Case) -> None:
        """Where it begins; its officer takes it, so that sealed pages have somebody they belong to."""
        cases.take(case_id=case.pk, officer=self.places[place].officer, **self.who(place))

    def _to_supplement(self, place: str, case: Case) -> None:
        cases.ask(case_id=case.pk, question="哪天开始的？", **self.who(place))

    def _to_spam(self, place: str, case: Case) -> None:
        cases.mark_spam(case_id=case.pk, reason="广告", **self.who(place))

    def _to_accepted(self, place: str, case: Case) -> None:
        word = CANARY if place in ("hidden", "past", "logistics", "branch_hidden") else ""
        cases.accept(
            case_id=case.pk, content_class="rights", category="living", difficulty="easy", title=f"末班车提前{word}",
            officer=self.places[place].officer, summary=f"{WORDS}。{word}", **self.who(place),
        )  # fmt: skip

    def _to_handling(self, place: str, case: Case) -> None:
        self._to_accepted(place, case)
        at = self.places[place]
        handling.assign(
            case_id=case.pk, measure="恢复末班车", department=at.department, handler=at.handler,
            deadline=self.world.now.date() + timedelta(days=6), brief=case.summary or WORDS, **self.who(place),
        )  # fmt: skip

    def _to_reported(self, place: str, case: Case) -> None:
        self._to_handling(place, case)
        item = Item.objects.get(case=case)
        handling.finish(item_id=item.pk, able=True, text="办好了", done_on=None, **self.handler(place))
        handling.report(item_id=item.pk, text="恢复了", **self.handler(place))

    def _to_told(self, place: str, case: Case) -> None:
        self._to_reported(place, case)
        day: date = self.world.now.date()
        handling.tell(case_id=case.pk, how="phone", kind="result", text="好了", told_on=day, **self.who(place))

    def _to_rated(self, place: str, case: Case) -> None:
        self._rated(place, case, "satisfied")

    def _to_unhappy(self, place: str, case: Case) -> None:
        self._rated(place, case, "unsatisfied")

    def _rated(self, place: str, case: Case, result: str) -> None:
        self._to_told(place, case)
        worker = worker_by_receipt(self.voice.receipt)
        assert worker
        feedback.rate(result=result, process="", words="", by=worker, at=self.world.now)

    def _to_archived(self, place: str, case: Case) -> None:
        self._to_rated(place, case)
        feedback.sign_and_archive(case_id=case.pk, by=self.signer(place), at=self.world.now)

    def _to_climbing(self, place: str, case: Case) -> None:
        """Sent up to the next union: from a branch to the plant, else to the county."""
        self._to_accepted(place, case)
        climb.send_up(case_id=case.pk, reason="要上级协调", tried="谈过两次", **self.who(place))

    def rung(self, place: str, status: str = "sent") -> Rung:
        """A level it was sent up to."""
        key = (place, f"rung-{status}")
        if key not in self.made:
            rung = self._case(place, "climbing").rungs.get()
            if status == "taken":
                by = self.world.as_("officer" if place.startswith("branch") else "upper")
                climb.take_rung(rung_id=rung.pk, by=by, at=self.world.now)
            self.made[key] = rung
        return Rung.objects.get(pk=self.made[key].pk)

    def instruction(self, place: str) -> Instruction:
        """What a leader of the county wrote on an accepted case."""
        key = (place, "instruction")
        if key not in self.made:
            case = self._case(place, "accepted")
            by = self.world.as_("upper")
            self.made[key] = climb.instruct(case_id=case.pk, text="请抓紧", by=by, at=self.world.now)
        return self.made[key]

    def lead(self, place: str) -> Lead:
        """A case under the name of the head of management, or where there is none, of the chair."""
        key = (place, "lead")
        if key not in self.made:
            chair, leader = {"plant": ("chair", "manager")}.get(place, ("foreign", "foreign"))
            self.made[key] = climb.put_under(
                case_id=self._case(place, "accepted").pk, leader=self.world.posts[leader], reason="几个部门",
                by=self.world.as_(chair), at=self.world.now,
            )  # fmt: skip
        return self.made[key]

    def signer(self, place: str) -> Any:
        """Who takes answers and signs: one who did not handle the case, where there is one."""
        if self.places[place].officer == self.world.posts["officer"]:
            return self.world.as_("second")
        return self.who(place)["by"]

    # --- what hangs on them ---

    def item(self, place: str, status: str = "given") -> Item:
        """An item in a state."""
        key = (place, f"item-{status}")
        if key not in self.made:
            case = self._case(place, "handling")
            item = Item.objects.get(case=case)
            if status == "doing":
                handling.take_item(item_id=item.pk, **self.handler(place))
            elif status == "asked":
                handling.ask_union(item_id=item.pk, text="几点下班？", **self.handler(place))
            elif status == "returned":
                handling.send_back(item_id=item.pk, reason="不归本部门", **self.handler(place))
            elif status in ("done", "reported"):
                handling.finish(item_id=item.pk, able=True, text="办好了", done_on=None, **self.handler(place))
            if status == "reported":
                handling.report(item_id=item.pk, text="恢复了", **self.handler(place))
            self.made[key] = item
        return Item.objects.get(pk=self.made[key].pk)

    def proof(self, place: str) -> Any:
        """A department's photo."""
        key = (place, "proof")
        if key not in self.made:
            item = self._case(place, "handling").items.get()
            files = (check(upload=picture()),)
            handling.progress(item_id=item.pk, text="在办", files=files, **self.handler(place))
            self.made[key] = item
        return self.made[key].files.get()

    def original(self, place: str) -> CaseFile:
        """A worker's own photo."""
        return CaseFile.objects.get(case=self.case(place, "accepted"), sealed=True)

    def released(self, place: str) -> CaseFile:
        """Its released copy."""
        key = (place, "released")
        if key not in self.made:
            case = self._case(place, "accepted")
            sealed = CaseFile.objects.get(case=case, sealed=True)
            self.made[key] = cases.release_file(file_id=sealed.pk, **self.who(place))
        return self.made[key]

    def change(self, place: str) -> ClockChange:
        """A request for a later date, waiting for its decision."""
        key = (place, "change")
        if key not in self.made:
            clock = self._case(place, "handling").clocks.get(code="item")
            due = clock.due_on + timedelta(days=3)
            self.made[key] = cases.ask_change(
                clock_id=clock.pk, kind="extend", reason="材料未到", new_due=due, **self.who(place)
            )
        return self.made[key]

    def paused(self, place: str) -> Any:
        """A clock that stands still."""
        key = (place, "paused")
        if key not in self.made:
            clock = self._case(place, "handling").clocks.get(code="item")
            asked = cases.ask_change(
                clock_id=clock.pk, kind="pause", reason="停产检修", new_due=None, **self.who(place)
            )
            chair = {"plant": "chair", "hidden": "", "logistics": "chair", "other": "foreign"}.get(place, "upper")
            if chair:
                by = self.world.as_(chair)
                cases.decide_change(change_id=asked.pk, approve=True, reason="", by=by, at=self.world.now)
            self.made[key] = clock
        return self.made[key]

    # --- consultation ---

    def topic(self, place: str, status: str = "draft") -> Topic:
        """A topic in a state: draft, failed, refused, ready, agenda."""
        key = (place, f"topic-{status}")
        if key not in self.made:
            self.made[key] = (
                self.meeting(place).places.get().topic if status == "agenda" else self._topic(place, status)
            )
        return Topic.objects.get(pk=self.made[key].pk)

    def _topic(self, place: str, status: str) -> Topic:
        """A fresh one from one accepted case."""
        at, who = self.places[place], self.who(place)
        case = self._case(place, "accepted")
        topic = meetings.raise_topic(
            unit=at.union, origin="case", cases=[case.pk], title=f"末班车{CANARY if place == 'hidden' else ''}", body=WORDS,
            departments=[at.department], **who,
        )  # fmt: skip
        today = self.world.now.date()
        if status != "draft":
            found = LAWFUL if status != "failed" else [replace(one, lawful=False) for one in LAWFUL]
            meetings.review(topic_id=topic.pk, reviewer="法律顾问", findings=found, reviewed_on=today, **who)
        if status in ("refused", "ready"):
            agreed = status == "ready"
            meetings.talk(topic_id=topic.pk, whom="行政负责人", on=today, said="谈了上会的事", agreed=agreed, **who)
        return topic

    def meeting(self, place: str, status: str = "draft") -> Meeting:
        """A meeting on one topic in a state: draft, called, open, held, circulated; everybody of the seats asked and there.
        Held on paper this morning: paper (being checked, with its scan), signed, published."""
        key = (place, f"meeting-{status}")
        if key not in self.made:
            on_paper = status in ("paper", "signed", "published")
            self.made[key] = self._on_paper(place, status) if on_paper else self._meeting(place, status)
        return Meeting.objects.get(pk=self.made[key].pk)

    def _meeting(self, place: str, status: str) -> Meeting:
        at, who = self.places[place], self.who(place)
        steps = ("draft", "called", "open", "held", "circulated")
        meeting = meetings.make_meeting(
            unit=at.union, kind="consultation", starts_at=self.world.now + timedelta(days=3), place="三楼会议室",
            chair=at.officer, chair_because="主席委托", topics=[self._topic(place, "ready").pk], **who,
        )  # fmt: skip
        asked = [one.post for one in proposed(meeting, day_of_meeting(meeting))] or [at.officer]
        meetings.invite(meeting_id=meeting.pk, posts=asked, **who)
        for step in steps[1 : steps.index(status) + 1]:
            getattr(self, f"_{step}")(meeting, who)
        return meeting

    def _on_paper(self, place: str, status: str) -> Meeting:
        at, who = self.places[place], self.who(place)
        meeting = meetings.make_meeting(
            unit=at.union, kind="consultation", starts_at=self.world.now - timedelta(hours=1), place="三楼会议室", on_paper=True,
            chair=at.officer, chair_because="主席委托", topics=[self._topic(place, "ready").pk], **who,
        )  # fmt: skip
        day = day_of_meeting(meeting)
        asked = [one.post for one in proposed(meeting, day)] or [at.officer]
        meetings.invite(meeting_id=meeting.pk, posts=asked, **who)
        there = dict.fromkeys(meeting.participants.values_list("pk", flat=True), "present")
        meetings.attend(meeting_id=meeting.pk, there=there, **who)
        (entry,) = agenda(meeting)
        meetings.remark(place_id=entry.pk, speaker="行政方", text="已经在办。", **who)
        meetings.settle(place_id=entry.pk, result="noted", text="已说明。", **who)
        meetings.add_paper(meeting_id=meeting.pk, checked=check(upload=picture()), label="签字纪要", kind="scan", **who)
        meetings.enter_paper(meeting_id=meeting.pk, because="缺席的事后补签", **who)
        meetings.circulate(meeting_id=meeting.pk, **who)
        for side in ("management", "union") if status != "paper" else ():
            meetings.sign_on_paper(meeting_id=meeting.pk, side=side, name="某人", title="", signed_on=day, **who)
        if status == "published":
            chair = {"plant": "chair", "other": "foreign"}[place]
            body = draft_publication(meeting)
            meetings.publish(meeting_id=meeting.pk, body=body, by=self.world.as_(chair), at=self.world.now)
        return meeting

    def room(self, place: str, status: str) -> Meeting:
        """A meeting to keep the record of: gathered (everybody marked, not yet open), open, settled (talked over, one thing
        agreed), held."""
        if status in ("open", "held"):
            return self.meeting(place, status)
        key = (place, f"room-{status}")
        if key not in self.made:
            meeting, who, at = (
                self._meeting(place, "called" if status == "gathered" else "open"),
                self.who(place),
                self.places[place],
            )
            if status == "gathered":
                there = dict.fromkeys(meeting.participants.values_list("pk", flat=True), "present")
                meetings.attend(meeting_id=meeting.pk, there=there, **who)
            else:
                (entry,) = agenda(meeting)
                meetings.remark(place_id=entry.pk, speaker="行政方", text="可以办。", **who)
                due = day_of_meeting(meeting) + timedelta(days=9)
                four = Terms(measure="恢复", deadline=due, department_id=at.department.pk, handler_id=at.handler.pk)
                meetings.agree(place_id=entry.pk, terms=four, **who)
            self.made[key] = meeting
        return Meeting.objects.get(pk=self.made[key].pk)

    def hearing(self, place: str) -> Meeting:
        """A hearing in preparation."""
        key = (place, "hearing")
        if key not in self.made:
            self.made[key] = meetings.make_meeting(
                unit=self.places[place].union, kind="hearing", starts_at=self.world.now + timedelta(days=3), place="礼堂",
                chair=self.places[place].officer, chair_because="主席委托", topics=[self._topic(place, "ready").pk],
                **self.who(place),
            )  # fmt: skip
        return Meeting.objects.get(pk=self.made[key].pk)

    def paper(self, place: str) -> MeetingFile:
        """A paper for everybody asked to a meeting that was called."""
        key = (place, "paper-of-meeting")
        if key not in self.made:
            self.made[key] = meetings.add_paper(
                meeting_id=self.meeting(place, "called").pk,
                checked=check(upload=picture()),
                label="照片",
                **self.who(place),
            )
        return self.made[key]

    def _called(self, meeting: Meeting, who: dict[str, Any]) -> None:
        meetings.call(meeting_id=meeting.pk, **who)

    def _open(self, meeting: Meeting, who: dict[str, Any]) -> None:
        there = dict.fromkeys(meeting.participants.values_list("pk", flat=True), "present")
        meetings.attend(meeting_id=meeting.pk, there=there, **who)
        meetings.open_meeting(meeting_id=meeting.pk, because="缺席的事后补签", **who)

    def _held(self, meeting: Meeting, who: dict[str, Any]) -> None:
        (place,) = agenda(meeting)
        meetings.remark(place_id=place.pk, speaker="行政方", text="已经在办。", **who)
        meetings.settle(place_id=place.pk, result="noted", text="已说明。", **who)
        meetings.close_meeting(meeting_id=meeting.pk, **who)

    def _circulated(self, meeting: Meeting, who: dict[str, Any]) -> None:
        meetings.circulate(meeting_id=meeting.pk, **who)

    def notice(self, name: str) -> Notice:
        """A notice to somebody."""
        self.item("plant")  # tells the handler
        return Notice.objects.filter(recipient=self.world.posts[name].person).first()

    # --- the organisation ---

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The plant below the administrators' county, the county itself, another county, a town, a unit without anybody."""
        beside = make_unit("云岭县总工会", level=Level.COUNTY)
        town = make_unit("高都镇总工会", under=self.world.county, level=Level.TOWN)
        empty = make_unit("小作坊工会", under=self.world.county)
        return {"plant": self.world.plant, "county": self.world.county, "beside": beside, "town": town, "empty": empty}

    def unit(self, place: str) -> Unit:
        """A unit."""
        return Unit.objects.get(pk=self.units[place].pk)

    def member(self, place: str) -> Post:
        """Somebody there with a post and an account."""
        key = (place, "member")
        if key not in self.made:
            self.made[key] = make_post(self.units[place], Role.DELEGATE, person=make_person(self.units[place], "韩冬"))
        return Post.objects.select_related("person").get(pk=self.made[key].pk)

    def without_account(self, place: str) -> Person:
        """Somebody there without an account."""
        key = (place, "plain")
        if key not in self.made:
            self.made[key] = make_person(self.units[place], "乔一", account=False)
        return self.made[key]

    def department(self, place: str) -> Department:
        """A department there without open items."""
        key = (place, "department")
        if key not in self.made:
            self.made[key] = make_department(self.units[place])
        return Department.objects.get(pk=self.made[key].pk)

    def disabled(self, place: str) -> Person:
        """Somebody there whose account is closed."""
        key = (place, "disabled")
        if key not in self.made:
            self.made[key] = make_person(self.units[place], "钟停")
            self.made[key].user.is_active = False
            self.made[key].user.save()
        return self.made[key]

    def house(self, place: str) -> dict[str, Any]:
        """The form of house rules as it stands on the page."""
        ground = house_ground(self.places[place].union, self.world.now.date())
        form = HouseForm(None, ground=ground, own={}, version=0)
        sent = {field.html_name: field.value() for field in form}
        sent = {name: value for name, value in sent.items() if value not in (None, False, "")}
        current = house_adoption(self.places[place].union, self.world.now.date())
        return {**sent, "version": current.pack.version if current else 0, "new_parent": "rights"}

    def sheet(self) -> Any:
        """A file of messages the officer is bringing in."""
        if ("sheet", "") not in self.made:
            content = "内容,收到时间\n食堂没有热水,2026-11-18\n".encode()
            self.made["sheet", ""] = keep_sheet(
                content=content, unit=self.world.plant, by=self.world.as_("officer"), at=self.world.now
            )
        return self.made["sheet", ""]

    def export(self) -> Any:
        """A workbook the officer asked for."""
        if ("export", "") not in self.made:
            self.made["export", ""] = ask_export(chosen=Selection(), by=self.world.as_("officer"), at=self.world.now)
        return self.made["export", ""]


def picture() -> SimpleUploadedFile:
    """A small photo as a browser sends it."""
    return SimpleUploadedFile("IMG_1.jpg", photo(size=(60, 40)), content_type="image/jpeg")
