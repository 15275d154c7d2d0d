"""Every act a page can send, as a form ready to go out: from the table of addresses, with fresh things for each.

What an act does is known before it is sent: it is tried in a transaction that is taken back, and the rows it adds to every
table are counted.  After a kill the tables must have grown by exactly that for each submission that was kept, and by nothing
for the others.
"""

from __future__ import annotations

import hashlib
import http.client
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huying.kernel.models import Once
from huying.org.reads import member
from tests.matrix.scene import Scene
from tests.matrix.table import Row
from tests.matrix.test_matrix import ROWS
from tests.site.served import Answer, Visitor

# What workers in the background and the act of looking write; everything else is an act's own.
BACKGROUND = {
    "kernel_beat", "kernel_schedule", "kernel_draft", "django_tasks_database_dbtaskresult", "django_session", "ledger_casefact",
    "usersessions_usersession",
    "ledger_tally", "ledger_swept", "duties_kept", "notices_delivery", "trail_reading", "trail_anchor", "oversight_line",
    # the same rules, the one studio and the one chain of a unit are made by whichever act comes first
    "mechanism_snapshot", "fieldwork_studio", "trail_chain",
    "privacy_erasure",  # an old sheet goes with the next import, whichever that is, or by the worker
}  # fmt: skip
# Files of workbooks are the worker's.
WORKERS = {"files_file": " - (SELECT count(*) FROM ledger_export WHERE file_id IS NOT NULL)"}
GUARD = "d" * 32  # Django takes any 32 letters, if cookie and form have the same
# What is done by the worker afterwards adds rows of its own at any moment, so only the submission itself is counted.
AFTERWARDS = {"desk:import_run"}
ENDING = "desk:org-sign-in"  # the office stays closed from then on to whoever has no second factor
# These change what others of the same round stand on, or what others change under them, so each goes out alone.
ALONE = {
    "desk:hand_over_post",
    "desk:org-unit-move",
    "desk:org-unit-merge",
    "desk:packs",
    "desk:house-rules",
    "desk:studio_edit",
    "desk:calendar-day",
    "desk:calendar-announce",
    "desk:findings_compare",  # looks at all that was reported
    "desk:org-account-sign-out",
    ENDING,
    *AFTERWARDS,
}

# After these somebody has no post, account or session any more, and cannot send what comes later.
UNSEATING = ("desk:org-", "desk:accounts", "desk:hand_over_post", "desk:packs", "desk:house-rules")


@dataclass
class Step:
    """One form, filled in by somebody who may send it."""

    row: Row
    visitor: Visitor
    path: str
    data: dict[str, Any]
    code: str
    adds: Counter[str] = field(default_factory=Counter)

    @property
    def once(self) -> Once | None:
        """The row of the submission, if it was kept."""
        key = hashlib.sha256(f"{self.code}:{self.data['once']}".encode()).hexdigest()
        return Once.objects.filter(key=key).first()

    def send(self) -> Answer | None:
        """Send it; ``None`` when the connection broke."""
        try:
            return self.visitor.post(self.path, self.data)
        except (OSError, http.client.HTTPException):
            return None


class Steps:
    """Makes them."""

    def __init__(self, scene: Scene, port: int) -> None:
        self.scene, self.port = scene, port
        self.users = {name: post.person.user for name, post in scene.world.posts.items()}
        self.sessions: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self.sign_in()
        self.rows = [row for row in ROWS if row.post and row.sent == 302 and not row.json]

    def sign_in(self) -> None:
        """A fresh session for everybody."""
        for name, user in self.users.items():
            client = Client()
            client.force_login(user)
            self.sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def answers(self) -> bool:
        """Whether anything answers at the port, be it that it cannot."""
        try:
            return Visitor(self.port).get("/").status > 0
        except (OSError, http.client.HTTPException):
            return False

    def rounds(self, together: int, chance: random.Random) -> Iterator[list[Row]]:
        """All of them once, so many at a time, in another order each time; what takes people their posts and accounts last."""
        rows = sorted(self.rows, key=lambda row: (row.name == ENDING, chance.random()))
        for last in (False, True):  # never in one round with others
            batch: list[Row] = []
            for row in (one for one in rows if one.name.startswith(UNSEATING) is last):
                if row.name in ALONE:
                    yield [row]
                    continue
                batch.append(row)
                if len(batch) == together:
                    yield batch
                    batch = []
            if batch:
                yield batch

    def make(self, rows: list[Row]) -> list[Step]:
        """Forms for these rows; what cannot be sent any more (there is but one of it) is noted in ``left_out``."""
        made = [step for row in rows if (step := self._make(row))]
        for step in made:  # after all are there: making one may add to what another counts
            self._try(step)
        return [step for step in made if step.adds["kernel_once"] == 1]

    def _make(self, row: Row) -> Step | None:
        self.scene.made.clear()
        place, who = self._who(row)
        if not who:
            return None
        try:
            path = reverse(row.name, args=row.args(self.scene, place))
            query = row.query(self.scene, place)
            path += "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
            data = {"once": uuid4().hex, "csrfmiddlewaretoken": GUARD, **dict(row.post(self.scene, place))}  # type: ignore[misc]
        except Exception as error:
            self.left_out[row.id] = f"{type(error).__name__}: {error}"
            return None
        cookies = {settings.SESSION_COOKIE_NAME: self.sessions[who], settings.CSRF_COOKIE_NAME: GUARD}
        code = member(self.users[who], timezone.localdate()).code
        return Step(row, Visitor(self.port, cookies), path, data, code)

    def _who(self, row: Row) -> tuple[str, str]:
        """The first place and somebody who may send it there."""
        for place in row.reads:
            refused = row.refused.get(place, set())
            able = sorted((row.acts or row.reads).get(place, set()) - set(refused) - {"nobody", "posts_ended"})
            if able:
                return place, "officer" if "officer" in able else able[0]
        return "", ""

    def _try(self, step: Step) -> None:
        """What it adds, found out by doing it and taking it back."""
        client = Client(raise_request_exception=False)
        client.cookies[settings.SESSION_COOKIE_NAME] = step.visitor.cookies[settings.SESSION_COOKIE_NAME]
        for value in step.data.values():
            if hasattr(value, "seek"):
                value.seek(0)
        with transaction.atomic():
            if connection.vendor == "postgresql":  # what the worker writes meanwhile is none of it
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            before = counts()
            answer = client.post(step.path, step.data)
            step.adds = counts()
            step.adds.subtract(before)
            transaction.set_rollback(True)
        step.adds = Counter({table: more for table, more in step.adds.items() if more})
        if step.adds["kernel_once"] != 1:
            self.left_out[step.row.id] = f"{answer.status_code}, no submission of its own"
        else:
            self.left_out.pop(step.row.id, None)


def counts() -> Counter[str]:
    """How many rows every table has that acts write to."""
    found: Counter[str] = Counter()
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - BACKGROUND)
    with connection.cursor() as cursor:
        each = (f"SELECT '{table}', (SELECT count(*) FROM \"{table}\"){WORKERS.get(table, '')}" for table in tables)
        cursor.execute(" UNION ALL ".join(each))  # one statement, one moment: the worker writes meanwhile
        for table, number in cursor.fetchall():
            found[table] = number
    return found
