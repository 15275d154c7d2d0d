"""Surveys of the previous release keep their answers: everybody they asked gets an invitation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from huying.feedback.models import Answer, Invited, Survey
from huying.site.migrating import quickly
from tests.factories import world as make

OLD, NEW = [("feedback", "0002_who_is_asked")], [("feedback", "0004_answers_belong_to_the_asked")]


def migrated(targets):
    """The database at a state of the room, and its models there."""
    executor = MigrationExecutor(connection)
    with quickly():
        executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_old_answers_belong_to_invitations(now):
    world = make.make_world(now)
    joint = make.told(world, make.voice(), make.voice(name="另一位", phone=""))
    alone = make.told(world, make.voice(secrecy="anonymous"))
    one, two = joint.parties.order_by("-first")
    try:
        old = migrated(OLD)
        given = {"root_id": joint.root_id, "opened_at": now, "closes_on": now.date() + timedelta(days=15), "round": 1}
        scale = [{"code": "satisfied", "label": "满意", "counts_as": "satisfied"}]
        survey = old.get_model("feedback", "Survey").objects.create(case_id=joint.pk, scale=scale, **given)
        other = old.get_model("feedback", "Survey").objects.create(case_id=alone.pk, scale=scale, **given)
        old.get_model("feedback", "Answer").objects.create(
            root_id=joint.root_id, survey_id=survey.pk, party_id=one.pk, way="online", result="satisfied",
            process="satisfied", counts_as="satisfied", at=now,
        )  # fmt: skip
    finally:
        migrated(NEW)
    invited = Invited.objects.filter(survey=survey.pk)
    assert {row.party_id for row in invited} == {one.pk, two.pk}
    assert {(row.group, row.asked_at) for row in invited} == {("asker", now)}
    answer = Answer.objects.get()
    assert (answer.invited.party_id, answer.process_counts_as) == (one.pk, "satisfied")
    assert Invited.objects.get(survey=other.pk).party == alone.parties.get()
    assert Survey.objects.count() == 2
