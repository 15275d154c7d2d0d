"""An erased person is in none of the room's words any more."""

from __future__ import annotations

import pytest

from huying.alerts import acts
from huying.alerts.models import IncidentReport, SceneEntry, Warning, Watch
from huying.kernel.actors import SYSTEM
from huying.kernel.forgetting import GONE, Gone
from huying.kernel.ids import random_id
from tests.alerts.made import drafted, reported, who
from tests.factories import world as make

pytestmark = pytest.mark.django_db


def test_names_are_blotted_out_where_the_case_was(world) -> None:
    case = make.accepted(world)
    warning = drafted(world, risk="刘春华说的那件事")
    incident = reported(world)
    acts.log_scene(incident_id=incident.pk, kind="talk", text="同刘春华谈了", **who(world))
    acts.follow_incident(incident_id=incident.pk, text="刘春华先回去了", **who(world))
    acts.start_watch(
        unit=world.plant, why="刘春华讨薪", post=world.posts["officer"], days=30, industry="铸造", **who(world)
    )
    gone = Gone(party=random_id(), key=random_id(), cases=(case.pk,), words=("刘春华",))
    assert acts.forget(gone=gone, by=SYSTEM, at=world.now) == 4
    assert Watch.objects.get().why == f"{GONE}讨薪"
    assert Warning.objects.get(pk=warning.pk).risk == f"{GONE}说的那件事"
    assert SceneEntry.objects.get().text == f"同{GONE}谈了"
    assert IncidentReport.objects.get(kind="follow").text == f"{GONE}先回去了"
