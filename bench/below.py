"""``python -m bench.below``: 下级履职 with 100 and with 10,000 unions below, as a ratio measured in one run.

Every union has an officer and works by the documents of Mengyin, Baoding and Shaanxi since a year; the figures are kept
by the product's own count.  The page is the first one, worst first, as an officer of the city opens it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

SIZES = (100, 10_000)
PACKS = ("mengyin-2017-21", "baoding-studio", "shaanxi-2012-38")


def main() -> None:
    """Measure one engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HUYING_HOME=home, HUYING_SECRET=__name__, HUYING_MAIL="dummy://",
                          DJANGO_SETTINGS_MODULE="huying.site.settings")  # fmt: skip
        for name in ("HUYING_KEYS", "DATABASE_URL"):
            os.environ.pop(name, None)
        if given.engine == "sqlite":
            _run(sizes)
            return
        from tests.postgres import Cluster

        with Cluster() as cluster:
            os.environ["DATABASE_URL"] = cluster.url
            _run(sizes)


def _run(sizes: list[int]) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from bench.measure import cost
    from huying.duties.acts import recount
    from huying.kernel.actors import SYSTEM
    from huying.kernel.crypto import new_keyring, write_keyring
    from huying.mechanism.acts import adopt, prepare
    from huying.mechanism.models import Adoption
    from huying.org.models import Level, Role, Unit
    from tests.factories.org import make_person, make_post, make_unit

    write_keyring(new_keyring(), Path(settings.HUYING_KEYS))
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    now = timezone.now()
    prepare(by=SYSTEM, at=now)
    top = make_unit("测试市总工会", level=Level.CITY, short_name="市")
    for code in PACKS:
        adopt(unit=top, pack_code=code, by=SYSTEM, at=now)
    Adoption.objects.update(from_day=timezone.localdate(now) - timedelta(days=400))
    post = make_post(top, Role.UPPER_OFFICER, person=make_person(top, "市里的"))
    client, found, there = Client(), [], 0
    client.force_login(post.person.user)
    for size in sizes:
        with transaction.atomic():
            for number in range(there, size):
                unit = make_unit(f"第{number}厂工会", under=top, short_name=f"厂{number}")
                make_post(unit, Role.OFFICER, person=make_person(unit, "干事", account=False))
        there = size
        recount(units=list(Unit.objects.exclude(pk=top.pk)), by=SYSTEM, at=now)
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        page = cost(lambda: client.get(reverse("desk:duties_below")))
        found.append(page.ms)
        sys.stdout.write(f"{size:6,} unions below: {page.ms:.1f} ms, {page.statements} statements\n")
        sys.stdout.flush()
    sys.stdout.write(f"× {found[-1] / found[0]:.2f}\n")


if __name__ == "__main__":
    main()
