"""Everybody an earlier survey asked gets an invitation, and every answer belongs to one.

In steps that each see a few hundred surveys; run again, it goes on where it stopped.
"""

from collections import defaultdict

from django.db import migrations

AT_ONCE = 400


def invite(apps, schema_editor):
    Survey = apps.get_model("feedback", "Survey")
    last = None
    while True:
        rows = Survey.objects.filter(invited__isnull=True).select_related("case__follows").order_by("id")
        batch = list((rows.filter(id__gt=last) if last else rows)[:AT_ONCE])
        if not batch:
            return
        last = batch[-1].id
        _invite(apps, batch)


def _invite(apps, batch):
    """Those behind each case then: its own people, those of cases joined to it, of a split one those of the first."""
    Party, Answer, Invited = apps.get_model("cases", "Party"), apps.get_model("feedback", "Answer"), apps.get_model(
        "feedback", "Invited"
    )
    cases = {one.case_id for one in batch}
    spoken = {one.case_id: _spoken(one.case) for one in batch}
    wanted = cases | {pk for line in spoken.values() for pk in line}
    by_case = defaultdict(list)
    for party in Party.objects.filter(case__in=wanted).select_related("case"):
        by_case[party.case_id].append(party)
    for party in Party.objects.filter(case__merged_into__in=wanted).select_related("case"):
        by_case[party.case.merged_into_id].append(party)
    answers = defaultdict(dict)
    for answer in Answer.objects.filter(survey__in=[one.id for one in batch]):
        answers[answer.survey_id][answer.party_id] = answer
    fresh, given = [], []
    for survey in batch:
        line = [survey.case_id, *spoken[survey.case_id]]
        behind = next((by_case[pk] for pk in line if by_case[pk]), [])
        asked = {one.id for one in behind if one.withdrawn_at is None and one.erased_at is None}
        for party in asked | set(answers[survey.id]):
            row = Invited(
                root_id=survey.root_id, survey_id=survey.id, group="asker", party_id=party, asked_at=survey.opened_at
            )
            fresh.append(row)
            if party in answers[survey.id]:
                answer = answers[survey.id][party]
                answer.invited_id = row.id
                counts = {grade["code"]: grade["counts_as"] for grade in survey.scale}
                answer.process_counts_as = counts.get(answer.process, "")
                given.append(answer)
    Invited.objects.bulk_create(fresh, batch_size=200)
    Answer.objects.bulk_update(given, ["invited", "process_counts_as"], batch_size=100)


def _spoken(case):
    """The cases a case was split from, nearest first."""
    line = []
    while case.follows_id and len(line) < 10:
        line.append(case.follows_id)
        case = case.follows
    return line


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_moved_index"),
        ("feedback", "0002_who_is_asked"),
    ]

    operations = [migrations.RunPython(invite, migrations.RunPython.noop)]
