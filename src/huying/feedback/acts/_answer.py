"""Answers: by one's own receipt, link or account; by recorded call, on the spot, on paper through one who did not handle it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.cases.acts import locked, note, tell_approvers
from huying.cases.models import Case, Secrecy
from huying.cases.reads import keys_against, people_behind, rules_of
from huying.cases.rules import place_of
from huying.feedback.acts._close import close
from huying.feedback.acts._gate import OVER, check_free, locked_invitation
from huying.feedback.acts._open import open_survey
from huying.feedback.models import Answer, Group, Invited, ReopenRequest, Way
from huying.feedback.reads import Respondent, reasons_of, respondent
from huying.feedback.rules import Given, check_given
from huying.files.acts import Checked, store
from huying.kernel.actors import SYSTEM, Actor, Worker
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import DataKey
from huying.org.models import Post


@transaction.atomic
def rate(*, result: str, process: str, words: str, reasons: tuple[str, ...] = (), by: Worker, at: datetime) -> Answer:
    """The worker's own rating, by the own receipt; nobody can give it in their place."""
    case = _of_worker(by)
    party = people_behind(case).filter(pk=by.party_id).first()
    if party is None:
        raise NotYours
    if case.status != "told":
        raise Refused("现在不在评价的时候。", "结果告诉您以后就可以评价。")
    survey = open_survey(case=case, by=SYSTEM, at=at)
    # somebody who joined after the survey was sent out is asked like everybody else
    made = {"root_id": case.root_id, "group": Group.ASKER, "asked_at": at}
    invited, _ = Invited.objects.get_or_create(survey=survey, party=party, defaults=made)
    if Answer.objects.filter(invited=invited).exists():
        raise Refused("这件事已经评价过了。", "想补充的话，可以在下面留言。")
    if survey.closed_at is not None:
        raise Refused(OVER)
    invited.survey, invited.party, survey.case = survey, party, case
    given = Given(result=result, process=process, reasons=reasons, words=words)
    return _keep(invited, given, way=Way.ONLINE, by=by, at=at)


def _of_worker(by: Worker) -> Case:
    """The case a worker rates, locked: the one spoken in, or the one it was joined to."""
    case = locked(case_id=by.case_id, by=by)
    while case.merged_into_id is not None:
        case = (
            Case.objects.select_for_update(of=("self",), no_key=True)
            .select_related("holder", "unit", "officer", "root", "rules")
            .get(pk=case.merged_into_id)
        )
    return case


@transaction.atomic
def answer(*, invited_id: UUID, given: Given, by: Actor, at: datetime) -> Answer:
    """Somebody asked answers alone: by the link on the slip, or under the own account."""
    own = by if isinstance(by, Respondent) else respondent(invited_id)
    invited = locked_invitation(invited_id, by=own)
    if isinstance(by, Respondent):
        mine = by.invited_id == invited_id
    else:
        mine = invited.person_id is not None and invited.person_id == by.person_id
    if not mine or by.keys & keys_against(invited.survey.case):
        raise NotYours
    return _keep(invited, given, way=Way.ONLINE, by=by, at=at)


@transaction.atomic
def take_answer(
    *, invited_id: UUID, way: str, given: Given, scan: Checked | None = None, by: Actor, at: datetime
) -> Answer:
    """An answer taken for somebody by one who did not handle the case (MY-3.2.5c): a recorded call (电话回访), a paper with
    its scan, or the telephone handed over (现场答复), where the person fills it in.

    Who spoke sealed or anonymously answers by the own link only; in a union of one the answer is marked.
    """
    invited = locked_invitation(invited_id, by=by)
    post, handled = check_free(invited.survey.case, by=by, at=at)
    if invited.party is not None and invited.party.secrecy != Secrecy.NAMED:
        raise Refused("这位职工选择了保密或匿名，只能由本人凭回执评价。")
    if way not in (Way.PHONE, Way.PAPER, Way.FACE):
        raise NotYours
    if way == Way.PAPER and scan is None:
        raise Invalid({"files": "请附上问卷的扫描件或照片。"})
    return _keep(invited, given, way=way, scan=scan, post=post, handled=handled, by=by, at=at)


def _keep(
    invited: Invited, given: Given, *, way: str, scan: Checked | None = None, post: Post | None = None, handled: bool = False,
    by: Actor, at: datetime,
) -> Answer:  # fmt: skip
    """Write it down; nobody left to wait for ends the survey, a worker not satisfied asks to take the case up again."""
    survey, case = invited.survey, invited.survey.case
    offered = {one.code for one in reasons_of(rules_of(case))}
    counts, process = check_given(survey.scale, offered, given, by_staff=way in (Way.PHONE, Way.PAPER))
    row = Answer(
        root_id=case.root_id, survey=survey, invited=invited, way=way, result=given.result, process=given.process,
        counts_as=counts, process_counts_as=process, reasons=list(given.reasons), by=post, handled=handled, at=at,
    )  # fmt: skip
    key = invited.party.key if invited.party is not None else _key_of(invited, at)
    if given.words.strip():
        row.words = key.seal(given.words.strip(), place_of("answer", "words", row.pk))
    if scan is not None:
        row.scan = store(checked=scan, key=key, root=case.root, by=by, at=at)
    row.save(force_insert=True)
    data = {"survey": survey.pk, "way": way}
    note(case, "rated", "收到一份评价", by=SYSTEM if post is None else by, at=at, data=data)
    if counts == "unsatisfied" and invited.party is not None:
        ReopenRequest.objects.create(root_id=case.root_id, case=case, survey=survey, party=invited.party, asked_at=at)
        tell_approvers(case, "unsatisfied", "评价不满意，请决定是否重新办理", by=by, at=at, key=str(survey.pk))
    if not _anybody_left(invited):
        close(survey, case, by=by, at=at)
    return row


def _key_of(invited: Invited, at: datetime) -> DataKey:
    """The survey's own key; a survey from before others were asked gets one with the first such answer."""
    survey = invited.survey
    if survey.key is None:
        survey.key = DataKey.fresh(at)
        survey.save(update_fields=["key"])
    return survey.key


def _anybody_left(invited: Invited) -> bool:
    """Whether the survey still waits for somebody: asked, within reach, not stepped back or erased since; or joined since
    and not answered yet."""
    behind = set(people_behind(invited.survey.case).values_list("pk", flat=True))
    done = set()
    for party, given, unreached in invited.survey.invited.values_list("party", "answer", "unreached_at"):
        if given is None and unreached is None and (party is None or party in behind):
            return True
        done.add(party)
    return bool(behind - done)
