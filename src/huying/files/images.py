"""Pictures.  Every picture is decoded and written anew: what is kept is pixels only, upright, without any metadata."""

from __future__ import annotations

import io

import pi_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from huying.files.rules import bad

LONGEST_SIDE = 2560
QUALITY = 85
MAX_PNG = 3 * 1024 * 1024  # a photo saved as PNG becomes a JPEG
# Telephones make pictures of 200 million dots.  JPEG can be decoded small; the other formats are held whole in memory.
MAX_PIXELS_JPEG = 210_000_000
MAX_PIXELS = 64_000_000

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "HEIF", "AVIF")  # JPEG covers MPO, the form many telephones use
_LOSSLESS = frozenset({"PNG", "GIF", "BMP"})

pi_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = MAX_PIXELS_JPEG


def reencode(name: str, raw: bytes) -> tuple[bytes, str, str]:
    """The picture written anew, its media type and its ending.  Raises ``Invalid`` naming the file."""
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            source = opened.format or ""
            _check_dots(name, source, *opened.size)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            opened.load()
            picture = _upright(opened)
    except UnidentifiedImageError as error:
        raise bad(name, "不是能识别的图片，可能已经损坏。请重新拍照或截图再传。") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise bad(name, "画面太大，请把照片调小一些再传。") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, RuntimeError, MemoryError) as error:
        raise bad(name, "图片不完整，打不开。请重新拍照或截图再传。") from error
    return _written(picture, source)


def _check_dots(name: str, source: str, width: int, height: int) -> None:
    limit = MAX_PIXELS_JPEG if source in ("JPEG", "MPO") else MAX_PIXELS
    if width * height > limit:
        raise bad(name, "画面太大，请把照片调小一些再传。")


def _upright(opened: Image.Image) -> Image.Image:
    """Turned as the camera was held, in sRGB, not larger than needed."""
    profile = opened.info.get("icc_profile")
    picture = ImageOps.exif_transpose(opened)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(paper, rgba).convert("RGB")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        picture = _to_srgb(picture, profile)
    if picture.mode.startswith("I"):  # 16 bits a dot: Pillow would cut, not scale
        picture = picture.point(lambda value: value / 257).convert("L")
    return picture.convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Telephones use wider colour spaces; without the profile the colours would look dull.  A broken one is ignored."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return turned or picture


def _written(picture: Image.Image, source: str) -> tuple[bytes, str, str]:
    """PNG for screenshots and drawings, JPEG for photos."""
    clean = Image.new("RGB", picture.size)  # a new picture: nothing in ``info`` can follow into the file
    clean.paste(picture)
    out = io.BytesIO()
    if source in _LOSSLESS:
        clean.save(out, "PNG", optimize=True)
        if out.tell() <= MAX_PNG:
            return out.getvalue(), "image/png", "png"
        out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), "image/jpeg", "jpg"


def as_format(clean: bytes, kind: str) -> bytes:
    """An already clean picture in another format (``PNG`` or ``JPEG``)."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(clean), formats=FORMATS) as picture:
        picture.convert("RGB").save(out, kind)
    return out.getvalue()


def blank(kind: str) -> bytes:
    """A white dot, in place of a picture that cannot be made neutral."""
    out = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(out, kind)
    return out.getvalue()
