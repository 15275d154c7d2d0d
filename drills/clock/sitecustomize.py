"""Put on the path of a drill's processes: their clock runs as far off as the file named in HUYING_DRILL_CLOCK says.

Read again every half second, so that a drill can move the clock of processes that run.
"""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

_file = os.environ.get("HUYING_DRILL_CLOCK", "")


class _Clock:
    """The process's clock, moved whenever the file says something else."""

    def __init__(self) -> None:
        self.offset: str = ""
        self.mover = None

    def look(self) -> None:
        """Read the file and move, if it changed."""
        import time_machine

        said = Path(_file).read_text()
        if not said or said == self.offset:
            return
        if self.mover is not None:
            self.mover.stop()
        truly = datetime.now(UTC)
        self.mover = time_machine.travel(truly + timedelta(seconds=float(said)), tick=True)
        self.mover.start()
        self.offset = said

    def follow(self) -> None:
        """Look again and again."""
        pause = threading.Event()
        while not pause.wait(0.5):
            self.look()


if _file:
    _clock = _Clock()
    _clock.look()
    threading.Thread(target=_clock.follow, daemon=True).start()
