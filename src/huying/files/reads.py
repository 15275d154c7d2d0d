"""Opening files, and the one door through which they leave."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from huying.files import disk, scanner
from huying.files.models import File, State
from huying.files.rules import INLINE
from huying.kernel import crypto
from huying.kernel.errors import Refused
from huying.kernel.models import DataKey

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})$")  # longer numbers are no places in a file


@dataclass(frozen=True)
class ScannerState:
    """How the virus scanner stands, as a sentence.  ``ok`` is false when one is configured but does not answer."""

    ok: bool
    configured: bool
    sentence: str


def content(file: File) -> bytes:
    """What was kept, opened.  Raises ``Refused`` when erased, in quarantine, or its key is destroyed."""
    if file.state == State.QUARANTINED:
        raise Refused("这个文件还在等待查毒。", "查毒程序恢复后会自动放行，请稍后再看。")
    if file.state == State.INFECTED:
        raise Refused("这个文件查出病毒，已经隔离，谁也打不开。", "请上传的人杀毒以后再传一份。")
    if file.state == State.ERASED:
        raise Refused("这个文件已经清除。")
    try:
        return crypto.decrypt(file.key.secret(), disk.read(file.id), file.body_place)
    except crypto.Unreadable as error:
        raise Refused("这个文件已经不能打开：它的密钥已按规定销毁，或者内容被改动过。") from error
    except FileNotFoundError as error:
        raise Refused("这个文件的内容不在磁盘上。", "请系统管理员运行 huying check，并从备份恢复。") from error


def name(file: File) -> str:
    """The file's name; a neutral word once erased or when its key is destroyed."""
    if file.state == State.ERASED:
        return "（已清除）"
    if file.state == State.INFECTED:
        return "（查出病毒，已隔离）"
    try:
        return file.key.open(bytes(file.name), file.name_place)
    except crypto.Unreadable:
        return "（不能打开）"


def of_key(key: DataKey) -> list[File]:
    """Every file under a data key, for erasing a person."""
    return list(File.objects.filter(key=key).order_by("created_at"))


def waiting() -> list[File]:
    """Files in quarantine, oldest first, for the job that asks the scanner again."""
    return list(File.objects.filter(state=State.QUARANTINED).select_related("key").order_by("created_at")[:200])


def held_back() -> tuple[int, int]:
    """How many files wait for the scanner, and in how many it found something.  Counts only: nobody sees which."""
    found = File.objects.filter(state__in=(State.QUARANTINED, State.INFECTED)).aggregate(
        waiting=Count("pk", filter=Q(state=State.QUARANTINED)), infected=Count("pk", filter=Q(state=State.INFECTED))
    )
    return found["waiting"], found["infected"]


def response(file: File, *, inline: bool, span: str = "") -> HttpResponse:
    """The file as an answer to a browser, which may neither guess its type nor run anything in it.

    Only pictures and recordings are ever shown inline.  ``span`` is the request's ``Range`` header: Safari plays a
    recording only from a server that answers it.
    """
    body = content(file)
    answer = _part(body, span) if span else HttpResponse(body)
    answer["Content-Type"] = file.media
    answer["Content-Disposition"] = _disposition(file, inline=inline)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    answer["Accept-Ranges"] = "bytes"
    return answer


def _disposition(file: File, *, inline: bool) -> str:
    """Shown or saved; Chinese names in the form RFC 5987 gives them."""
    return content_disposition_header(not (inline and file.kind in INLINE), name(file)) or "attachment"


def _part(body: bytes, span: str) -> HttpResponse:
    """One byte range (RFC 9110, 14.2); anything else asked for is answered with the whole."""
    match = _RANGE.match(span.strip())
    if match is None or not any(match.groups()):
        return HttpResponse(body)
    first, last = match.groups()
    start = int(first) if first else max(len(body) - int(last), 0)
    stop = min(int(last) + 1 if first and last else len(body), len(body))
    if start >= stop:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{len(body)}"
        return refused
    answer = HttpResponse(body[start:stop], status=206)
    answer["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
    return answer


def scanner_state() -> ScannerState:
    """Whether uploads are scanned for viruses just now."""
    if not scanner.configured():
        return ScannerState(True, False, "没有接入查毒程序（可选）。上传的文件仍会检查格式，图片会重新编码。")
    if version := scanner.version():
        return ScannerState(True, True, f"查毒程序正常：{version}")
    return ScannerState(False, True, "查毒程序没有应答：新上传的文件先隔离，恢复后自动放行。")
