"""Small drawn pictures that stand for photos, each marked as drawn."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

import huying
from huying.files.acts import Checked, check
from huying.site.demo.days import varied

FONT = Path(huying.__file__).parent / "papers" / "fonts" / "HuyingHei-Regular.otf"
SIZE = (640, 480)
WALLS = ("#cfd8d3", "#d9d2c5", "#c9d3dc", "#d8cfd6")
FLOORS = ("#8b8f8a", "#93897a", "#7f8a94", "#8e8480")
THINGS = ("#5d6b62", "#7a6a50", "#4f6273", "#6d5a66", "#a0522d", "#3f5e4a")


def photos(captions: tuple[str, ...]) -> tuple[Checked, ...]:
    """Checked uploads, one for each caption."""
    return tuple(
        check(upload=SimpleUploadedFile(f"{caption}.png", _drawn(caption), "image/png")) for caption in captions
    )


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _drawn(caption: str) -> bytes:
    """A wall, a floor, a few things, and what the photo would show."""
    width, height = SIZE
    picture = Image.new("RGB", SIZE, WALLS[varied(caption, 0, 3)])
    draw = ImageDraw.Draw(picture)
    horizon = height * varied(caption + "h", 55, 65) // 100
    draw.rectangle((0, horizon, width, height), FLOORS[varied(caption + "f", 0, 3)])
    for number in range(varied(caption + "n", 3, 5)):
        seed = f"{caption}{number}"
        left = varied(seed, 20, width - 200)
        top = horizon - varied(seed + "t", 40, 190)
        box = (left, top, left + varied(seed + "w", 60, 170), horizon + varied(seed + "b", 10, 70))
        shape = draw.ellipse if varied(seed + "s", 0, 3) == 0 else draw.rectangle
        shape(box, fill=THINGS[varied(seed + "c", 0, 5)], outline="#2f3a34", width=2)
    draw.rectangle((0, height - 62, width, height), fill="#20302a")
    draw.text((20, height - 50), caption, font=_font(26), fill="white")
    draw.text((width - 20, height - 44), "演示用画", font=_font(18), fill="#b8c7bf", anchor="ra")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
