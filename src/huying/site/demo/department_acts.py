"""What departments do in the story."""

from __future__ import annotations

from typing import Any

from huying.handling import acts as handling
from huying.site.demo.scene import Scene


def _given(scene: Scene) -> dict[str, Any]:
    return {"item_id": scene.item(), "by": scene.staff(), "at": scene.at}


def receive(scene: Scene) -> None:
    """The department has seen it."""
    handling.take_item(**_given(scene))


def progress(scene: Scene) -> None:
    """A tracking entry."""
    handling.progress(text=scene.words, files=scene.pictures(), **_given(scene))


def inquire(scene: Scene) -> None:
    """A question to the union."""
    handling.ask_union(text=scene.words, **_given(scene))


def back(scene: Scene) -> None:
    """Sent back to the union."""
    handling.send_back(reason=scene.words, **_given(scene))


def _finish(scene: Scene, *, able: bool) -> None:
    earlier = int(scene.step.said("earlier", 0))
    done_on = scene.days.day(scene.step.day - earlier) if earlier else None
    handling.finish(able=able, text=scene.words, done_on=done_on, files=scene.pictures(), **_given(scene))


def done(scene: Scene) -> None:
    """It is done; ``earlier`` working days ago where that was entered later."""
    _finish(scene, able=True)


def unable(scene: Scene) -> None:
    """The conditions are not there."""
    _finish(scene, able=False)


def report(scene: Scene) -> None:
    """The written report."""
    handling.report(text=scene.words, files=scene.pictures(), **_given(scene))


ACTS = {
    "receive": receive, "progress": progress, "inquire": inquire, "back": back, "done": done, "unable": unable,
    "report": report,
}  # fmt: skip
