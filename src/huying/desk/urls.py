"""Addresses of the desk."""

from huying.desk.views import (
    audit,
    cases,
    climb,
    dossier,
    hand_over,
    imports,
    items,
    ledger,
    manual,
    meeting_acts,
    meeting_room,
    meetings,
    minutes,
    org_people,
    org_roster,
    org_units,
    papers,
    register,
    rules,
    system,
    today,
    topics,
)

app_name = "desk"
urlpatterns = [
    *today.urls,
    *cases.urls,
    *register.urls,
    *papers.urls,  # before the acts of a case, whose addresses end in any word
    *dossier.urls,
    *hand_over.urls,
    *climb.urls,  # before items: an instruction on an item is no act of its department
    *items.urls,
    *ledger.urls,
    *topics.urls,
    *meeting_room.urls,
    *meetings.urls,
    *meeting_acts.urls,
    *minutes.urls,
    *imports.urls,
    *rules.urls,
    *audit.urls,
    *system.urls,
    *org_units.urls,
    *org_people.urls,
    *org_roster.urls,
    *manual.urls,
]
