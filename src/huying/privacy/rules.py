"""Masking proposals, look-up limits, consent.  Pure functions: an officer confirms what is proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from phonenumbers import NumberParseException, is_possible_number, parse

from huying.privacy import masking
from huying.privacy.masking import Span

CONSENT_VERSION = "2026-12"
# Kinds that the law calls sensitive and that people do tell their union (PIPL 28); children are those under 14.
SENSITIVE = {"health": "健康和伤病", "account": "银行账号", "location": "行踪", "child": "未满十四岁的孩子"}
LOOKUPS_PER_HOUR = 20
_HEALTH = (
    "工伤|受伤|骨折|截肢|烧伤|烫伤|住院|手术|诊断|病历|确诊|职业病|尘肺|矽肺|中毒|癌|肿瘤|抑郁|怀孕|孕期|流产|残疾|肝炎|肺炎"
    "|糖尿病|高血压|心脏病|精神病|癫痫|白血病|艾滋"
)
_CHILD = (
    r"(?:孩子|小孩|儿子|女儿|宝宝|娃)[^，。；！？\n]{0,8}(?<![0-9一二三四五六七八九十])"
    r"(?:[1-9]|1[0-3]|[一二三四五六七八九十]|十[一二三])(?:周)?岁"
)

_SENSITIVE = {
    "health": re.compile(_HEALTH),
    "location": re.compile("行踪|行程轨迹|活动轨迹|定位"),
    "child": re.compile(_CHILD),
}


def sensitive_in(text: str) -> list[str]:
    """Sensitive kinds (PIPL 28) that somebody's own words hold, in the order of ``SENSITIVE``.

    Deliberately few words: each costs the person a second look at the page before the matter is sent.
    """
    found = {kind for kind, pattern in _SENSITIVE.items() if pattern.search(text)}
    if any(span.kind == "bank" for span in spans(text)):
        found.add("account")
    return [kind for kind in SENSITIVE if kind in found]


# How each kind is shown in the masked proposal; a name keeps its first character.
_SHOWN = {"id": "〔身份证号〕", "bank": "〔银行卡号〕", "phone": "〔电话〕", "mail": "〔邮箱〕", "chat": "〔账号〕", "plate": "〔车牌〕",
          "home": "〔住址〕", "word": "〔略〕"}  # fmt: skip


def spans(text: str, *, names: Iterable[str] = (), marked: Iterable[str] = ()) -> list[Span]:
    """Where a text gives people away: numbers, addresses, names by what stands around them, the roster's names, words the
    worker marked."""
    found = [*masking.numbers(text), *masking.names(text)]
    for word, kind in [(name, "name") for name in names if len(name) > 1] + [
        (word, "word") for word in marked if word.strip()
    ]:
        found += [Span(m.start(), m.end(), kind) for m in re.finditer(re.escape(word), text)]
    found.sort(key=lambda span: (span.start, -(span.end - span.start)))
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:  # what sticks out of the one before is hidden with it
            kept[-1] = Span(kept[-1].start, span.end, kept[-1].kind)
    return kept


def mask(text: str, *, names: Iterable[str] = (), marked: Iterable[str] = ()) -> str:
    """The masked proposal of a text."""
    out, last = [], 0
    for span in spans(text, names=names, marked=marked):
        original = text[span.start : span.end]
        shown = original[0] + "某" * max(1, len(original) - 1) if span.kind == "name" else _SHOWN[span.kind]
        out += [text[last : span.start], shown]
        last = span.end
    return "".join([*out, text[last:]])


def normal_phone(phone: str) -> str:
    """Digits only, without the country code: what the blind index is made of."""
    digits = re.sub(r"\D", "", phone)
    return digits[2:] if digits.startswith("86") and len(digits) == 13 else digits


def dialable(phone: str) -> bool:
    """Whether a number could be dialled in China: a mobile or fixed line, or a short service number."""
    digits = normal_phone(phone)
    if 3 <= len(digits) <= 6:
        return True
    try:
        return is_possible_number(parse(digits, "CN"))
    except NumberParseException:
        return False


def normal_name(name: str) -> str:
    """A name without blanks and middle dots: what the blind index is made of."""
    return re.sub(r"[\s·•.]", "", name)
