"""The manual's pictures, taken by the journeys with ``HUYING_SHOTS=1`` (``make manual``).

``phone-…`` is a phone 360 px wide, anything else a desk 1280 px wide; ``worker-`` after it goes to the worker's own help.
A picture that looks as before is not written again, so that it changes only with the page."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page

WANTED = os.environ.get("HUYING_SHOTS") == "1"
SOURCE = Path(__file__).resolve().parents[2] / "src" / "huying"
FOLDERS = {"worker": SOURCE / "public/static/public/manual", "desk": SOURCE / "desk/static/desk/manual"}
WIDTH, LONGEST, HEAVIEST = 1280, 900, 60_000
SAME = 0.4  # of 255: another minute on the page does not make another picture


# Debian's Chromium brings English words only.  In a picture its own controls say what they say in a Chinese browser.
CHINESE = """() => {
  for (const one of document.querySelectorAll('input[type=date], input[type=time]')) {
    one.dataset.was = one.type
    const at = one.value
    one.type = 'text'
    one.value = at.replaceAll('-', '/')
    one.placeholder = one.dataset.was === 'date' ? '年/月/日' : '--:--'
  }
  for (const one of document.querySelectorAll('input[type=file]')) {
    const said = document.createElement('span')
    said.className = one.className + ' hy-picture'
    said.textContent = '选择文件　未选择任何文件'
    if (one.checkVisibility() && !one.classList.contains('hy-sr')) { one.after(said); one.hidden = true }
  }
}"""
AS_BEFORE = """() => {
  for (const one of document.querySelectorAll('input[data-was]')) {
    const at = one.value
    one.type = one.dataset.was
    one.value = at.replaceAll('/', '-')
    delete one.dataset.was
  }
  for (const one of document.querySelectorAll('.hy-picture')) { one.previousElementSibling.hidden = false; one.remove() }
}"""


def take(page: Page, name: str, *, height: int = LONGEST) -> None:
    """What stands on the screen from the top of the page, as far as it goes or ``height``."""
    phone = name.startswith("phone-")
    size = page.viewport_size
    assert size
    width = size["width"] if phone else WIDTH
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(CHINESE)
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    long = min(height, page.evaluate("Math.ceil(document.querySelector('main').getBoundingClientRect().bottom) + 16"))
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": long}, animations="disabled")
    page.evaluate(AS_BEFORE)
    page.set_viewport_size(size)
    where = FOLDERS["worker" if name.startswith("phone-worker-") else "desk"] / f"{name}.webp"
    _write(Image.open(BytesIO(shot)).convert("RGB"), where)


def _write(picture: Image.Image, where: Path) -> None:
    if where.exists() and _alike(picture, Image.open(where).convert("RGB")):
        return
    few = picture.quantize(48, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    few.save(where, "WEBP", lossless=True, quality=60, method=4)
    assert where.stat().st_size <= HEAVIEST, f"{where.name} has {where.stat().st_size} bytes"


def _alike(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and max(ImageStat.Stat(ImageChops.difference(one, other)).mean) < SAME
