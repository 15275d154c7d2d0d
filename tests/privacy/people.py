"""A whole life of one sealed person: said, talked, released, assigned, told, rated, with files; what is looked for afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from huying.cases import acts
from huying.cases.models import Case, Party
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Voice
from huying.feedback import acts as feedback
from huying.files.acts import check
from huying.handling import acts as handling
from huying.kernel.actors import SYSTEM, Worker
from huying.mechanism import acts as mechanism
from tests.factories import world as make
from tests.factories.world import World
from tests.files.samples import photo

NAME, PHONE, ABOUT, SECRET = "翠鸟丙丁", "13899997777", "三号炉前工紫貂", "黛瓦十九"


@dataclass
class Life:
    """Somebody whose matter went all the way."""

    case: Case
    voice: Voice

    @property
    def worker(self) -> Worker:
        """The person, back with the sixteen digits."""
        found = worker_by_receipt(self.voice.receipt)
        assert found is not None
        return found

    @property
    def party(self) -> Party:
        """The row behind the case."""
        return Party.objects.select_related("key").get(case=self.case, first=True)


def speaks(**given: Any) -> Voice:
    """The canary's own voice."""
    words = f"我是{NAME}，电话{PHONE}，{SECRET}的热水不热。"
    return make.voice(**{"name": NAME, "phone": PHONE, "about": ABOUT, "words": words, **given})


def lived(world: World, *, loud: bool = True, **given: Any) -> Life:
    """Registered to rated; ``loud``: staff wrote the name where they should not have."""
    now, officer = world.now, world.as_("officer")
    voice = speaks(**given)
    files = (check(upload=SimpleUploadedFile(f"{NAME}.jpg", photo())),)
    name = NAME if loud else "一名职工"
    case = make.accepted(world, voice, files=files, summary=f"{name}反映热水不热。")
    life = Life(case, voice)
    worker = life.worker
    acts.write_message(case_id=case.pk, party_id=worker.party_id, text=f"{SECRET}还没修", by=worker, at=now)
    acts.open_sealed(case_id=case.pk, reason="verify", words="", by=officer, at=now)
    acts.release_file(file_id=case.files.get(sealed=True).pk, by=officer, at=now)
    item = handling.assign(
        case_id=case.pk, measure=f"给{name}修热水", department=world.admin, handler=world.posts["handler"],
        deadline=now.date() + timedelta(days=5), brief="热水不热", by=officer, at=now,
    )  # fmt: skip
    handling.finish(item_id=item.pk, able=True, text="修了", done_on=None, by=world.as_("handler"), at=now)
    handling.report(item_id=item.pk, text=f"已给{name}修好。", by=world.as_("handler"), at=now)
    handling.tell(
        case_id=case.pk, how="phone", kind="result", text=f"{name}，修好了。", told_on=now.date(), by=officer, at=now
    )
    feedback.rate(result="satisfied", process="satisfied", words=f"谢谢，{SECRET}", by=life.worker, at=now)
    return life


def archived(world: World, **given: Any) -> Life:
    """As ``lived``, signed and closed."""
    life = lived(world, **given)
    feedback.sign_and_archive(case_id=life.case.pk, review="", by=world.as_("chair"), at=world.now)
    life.case.refresh_from_db()
    return life


def rule(world: World, **counts: int) -> None:
    """The plant's own house rules."""
    mechanism.set_house_rules(unit=world.plant, changes={"counts": counts}, by=SYSTEM, at=world.now)


def dump() -> str:
    """Every row of every table, as text; bytes as they stand."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    return "\n".join(found)
