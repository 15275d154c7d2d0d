"""``python -m drills fuzz|reliability|restore``: the long forms.  ``--help`` after each says what it may be told."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drills.home import home, say

ENGINES = ("sqlite", "postgres")
PLACES = frozenset(
    {"plant", "hidden", "past", "logistics", "county", "other", "branch", "branch_hidden", "beside", "town", "empty"}
)


def main() -> int:
    """Run one drill; on both engines each in a process of its own, because settings are read once."""
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    drills = parser.add_subparsers(dest="drill", required=True)
    one = drills.add_parser("fuzz", help="any request by anybody")
    one.add_argument("--requests", type=int, default=20_000)
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--short", action="store_true", help="as the test does it: 500 requests at some of the addresses")
    one = drills.add_parser(
        "reliability", help="kills, full disk, database gone, clock, mail, worker (root: mounts a tmpfs)"
    )
    one.add_argument("--kills", type=int, default=300)
    one.add_argument("--seed", type=int, default=1)
    one = drills.add_parser("restore", help="a backup taken under load, restored elsewhere")
    one.add_argument("--seconds", type=float, default=60.0, help="of load before and after the backup")
    given = parser.parse_args()
    if given.engine == "both":
        rest = [word for word in sys.argv[1:] if word not in ("--engine", "both", "--engine=both")]
        return max(subprocess.run([sys.executable, "-m", "drills", "--engine", engine, *rest], check=False).returncode
                   for engine in ENGINES)  # fmt: skip
    if given.drill == "fuzz":
        with home(given.engine):
            return _fuzz(given)
    with small_disk() as folder:
        return _reliability(given, folder) if given.drill == "reliability" else _restore(given, folder)


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of one GB of its own: to be filled, and made read-only."""
    folder = Path(tempfile.mkdtemp(prefix="huying-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g,mode=0777", "drill", str(folder)], check=True)
    tempfile.tempdir = str(folder)  # where a PostgreSQL cluster makes its folder
    try:
        yield folder
    finally:
        tempfile.tempdir = None
        subprocess.run(["umount", "-l", str(folder)], check=False)
        folder.rmdir()
        folder.with_suffix(".log").unlink(missing_ok=True)


def _reliability(given: argparse.Namespace, folder: Path) -> int:
    with home(given.engine, folder / "home" if given.engine == "postgres" else folder) as made:
        from drills import faults
        from drills.reliability import Drill

        drill = Drill(made, given.seed)
        say(f"reliability on {given.engine}, seed {given.seed}")
        with drill.serving():
            for part in (faults.database_away, faults.read_only, faults.disk_full, faults.clock_jumps):
                part(drill)
        faults.mail_away(drill)  # with the world as it was made: the kills end posts and units, too
        drill.kills(given.kills)
        with drill.serving():
            faults.worker_dead(drill)
        drill.house()
        drill.figures()
        sys.stdout.write(json.dumps(drill.told.figures, ensure_ascii=False, indent=1) + "\n")
        sys.stdout.write("".join(f"FAULT {fault}\n" for fault in drill.told.faults))
        sys.stdout.write(
            f"cannot be sent from one page of their own: {json.dumps(drill.steps.left_out, ensure_ascii=False, indent=1)}\n"
        )
        return int(bool(drill.told.faults))


def _restore(given: argparse.Namespace, folder: Path) -> int:
    with home(given.engine, folder / "home" if given.engine == "postgres" else folder) as made:
        from drills.restore import restore

        say(f"restore on {given.engine}")
        figures, faults = restore(made, given.seconds)
        sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")
        sys.stdout.write("".join(f"FAULT {fault}\n" for fault in faults))
        return int(bool(faults))


def _fuzz(given: argparse.Namespace) -> int:
    from drills.fuzz import fuzz

    say(f"fuzz on {given.engine}, seed {given.seed}")
    most = (500, frozenset({"plant", "hidden", "other"}), 60) if given.short else (given.requests, PLACES, 10_000)
    drill = fuzz(given.seed, *most)
    for (kind, name, _), detail in sorted(drill.faults.items()):
        sys.stdout.write(f"{kind} at {name}\n  {detail}\n\n")
    answers = ", ".join(f"{status}: {times}" for status, times in sorted(drill.answers.items()))
    say(f"{drill.sent} requests at {len(drill.targets)} targets, {len(drill.faults)} faults; answers {answers}")
    return int(bool(drill.faults))


if __name__ == "__main__":
    sys.exit(main())
