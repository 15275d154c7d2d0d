"""Finding what gives somebody away in free words: numbers, addresses, names.  A proposal: an officer reads it again.

Numbers are looked for in a copy in which full-width signs and spelled-out digits stand as plain ones, character for character, so
places stay the same.  Names are looked for by what stands before and after them, since no list knows everybody's.
``python -m tools.masking`` measures it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from huying.privacy.names import AFTER, BEFORE, DECLARED, DOUBLE, GIVEN, RARELY_WORDS, SURNAMES, TITLES, WORDS


@dataclass(frozen=True)
class Span:
    """A stretch of text that gives somebody away: ``start``, ``end`` in characters, ``kind``."""

    start: int
    end: int
    kind: str


# --- numbers ------------------------------------------------------------------------------------------------------------

_SPELLED = dict(zip("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789", strict=True))
_RUN = re.compile(r"[零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖]{7,}")
_DASHES: dict[int, int | str] = {
    **dict.fromkeys(map(ord, "—–－‐‑−﹣"), "-"),
    0x3000: " ",
    ord("・"): "·",
    ord("•"): "·",
    ord("．"): ".",
}
_WIDE: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_S = r"[ \-.·_]?"


def plain(text: str) -> str:
    """The same text with plain digits and signs, as long as before."""
    said = text.translate(_WIDE | _DASHES)
    return _RUN.sub(lambda run: "".join(_SPELLED[one] for one in run.group()), said)


def _spaced(*parts: str) -> str:
    """Parts with at most one separator between them."""
    return _S.join(parts)


_DAY = _spaced("(?:19|20)", r"\d", r"\d", "(?:0[1-9]|1[0-2])", r"(?:[0-2]\d|3[01])")
_CARD = _spaced("[1-9]", *[r"\d"] * 5, _DAY, *[r"\d"] * 3, "[0-9Xx]")
_NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("id", re.compile(rf"(?<!\d){_CARD}(?!\d)")),
    ("id", re.compile(r"(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}(?!\d)")),
    ("bank", re.compile(rf"(?<!\d)(?:62|60|4\d|5[1-5]|35|37|9[458])(?:{_S}\d){{14,17}}(?!\d)")),
    ("phone", re.compile(rf"(?<!\d)(?:\+?86{_S})?1[3-9](?:{_S}\d){{9}}(?!\d)")),
    ("phone", re.compile(rf"(?<!\d)\(?0\d{{2,3}}\)?{_S}[2-9](?:{_S}\d){{6,7}}(?!\d)")),
    ("phone", re.compile(r"(?:(?<=电话)|(?<=座机)|(?<=固话)|(?<=拨打)|(?<=打)|(?<=号码))(?:是|:| ){0,2}[2-9]\d{6,7}(?!\d)")),
    ("mail", re.compile(r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")),
    ("chat", re.compile(
        r"(?:微信|薇信|威信|QQ|qq|扣扣|[VvＶ]信|[VvWw][Xx]|加[VvQq])(?:号码?)?(?:同号)?(?:是|为|:| ){0,3}[A-Za-z0-9_-]{5,20}")),
    ("plate", re.compile(
        r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]"
            r"[A-Za-z][ ·-]?(?=[A-Za-z]*\d)(?:[A-Za-z0-9]{5,6}|[A-Za-z0-9]{4}[警学挂领试港澳])"
        r"(?![A-Za-z0-9])")),
    ("home", re.compile(r"\d{1,3}(?:号楼|栋|幢|号院)\d{1,2}单元\d{1,4}(?:室|号|户)?")),
    ("home", re.compile(r"\d{1,3}(?:号楼|栋|幢)\d{3,4}(?:室|号|房)")),
)  # fmt: skip


def numbers(text: str) -> Iterator[Span]:
    """Numbers, mail addresses, accounts, plates, flats."""
    said = plain(text)
    for kind, pattern in _NUMBERS:
        for hit in pattern.finditer(said):
            yield Span(hit.start(), hit.end(), kind)


# --- names --------------------------------------------------------------------------------------------------------------

_G = "".join(sorted(GIVEN))
_HAN = "\u4e00-\u9fff"
_STOP = rf"(?=[，,。；;：:、（(！!？?\s/）)\"”』】]|$|{AFTER})"
_KNOWN = rf"(?:{DOUBLE}|[{SURNAMES}])[{_G}]{{1,2}}"
_ANY = rf"(?:(?:{DOUBLE})[{_HAN}]{{1,2}}|[{SURNAMES}](?!某)[{_HAN}]{{1,2}}?)"
_JOINED = r"(?:[:： ]|是)?"
_COUNTED = "一两几每本上下这那纸紧扩主嚣慌夸铺开行家老小"
_SAID_BEFORE = '我他她和跟与找被让问叫是由向对把给月有事里听：:，。、；！？“”"（( \n'
_LEFT = (
    "(?:"
    + "|".join(
        f"(?<={one})" for one in (f"[{_SAID_BEFORE}]", "找过", "问过", "见过", "求过", "休的", "队的", "间的", "班的")
    )
    + ")"
)

# Whether something outside the name says that it is one; where nothing does, ordinary words are looked for more closely.
_NAMES: tuple[tuple[bool, re.Pattern[str]], ...] = (
    # said to be a name: whatever characters it is made of
    (True, re.compile(rf"(?:{DECLARED}){_JOINED}[ ]?(?P<name>{_KNOWN}|{_ANY}){_STOP}")),
    (False, re.compile(rf"(?:我是|本人){_JOINED}[ ]?(?P<name>{_KNOWN}|{_ANY}){_STOP}")),
    (True, re.compile(
        rf"(?:我叫|名叫|姓名|联系人)[:： ]?(?P<name>(?:{DOUBLE})[{_HAN}]{{1,2}}|[{SURNAMES}](?!某)[{_HAN}]{{1,2}})")),
    # somebody's place before it
    (True, re.compile(rf"(?:{BEFORE}){_JOINED}(?P<name>{_KNOWN}){_STOP}")),
    (False, re.compile(
        rf"(?:{BEFORE}){_JOINED}(?P<name>{_ANY})(?=[，,。；;：:、（(！!？?\s]|$|说|把|让|给|和|跟|在|也|的|因|已)")),
    # a title after it
    (False, re.compile(
        rf"(?<=[{_SAID_BEFORE}])(?!公司|公[共安]|单位)(?P<name>(?:{DOUBLE})[{_HAN}]{{0,2}}|[{SURNAMES}][{_HAN}]{{0,2}})(?=(?:{TITLES}))")),
    (True, re.compile(rf"^(?!公司|公[共安]|单位)(?P<name>(?:{DOUBLE}|[{SURNAMES}])[{_G}]{{0,2}})(?=(?:{TITLES}))", re.MULTILINE)),
    # nothing but the sentence around it
    (False, re.compile(rf"{_LEFT}(?P<name>{_KNOWN}){_STOP}")),
    (False, re.compile(rf"(?:^|(?<=[—\-日天晚上来 被听见逼]))(?P<name>{_KNOWN}){_STOP}", re.MULTILINE)),
    # a name of three characters all of which names are made of; a line of its own
    (False, re.compile(rf"(?<![{_COUNTED}])(?P<name>(?:{DOUBLE})[{_G}]{{2}}|[{RARELY_WORDS}][{_G}]{{2}})")),
    (True, re.compile(rf"^[ ]*(?P<name>(?:{DOUBLE}|[{SURNAMES}])[{_HAN}]{{1,2}})[ ]*$", re.MULTILINE)),
    (True, re.compile(rf"(?<=[—\-])(?P<name>(?:{DOUBLE}|[{SURNAMES}])[{_HAN}]{{1,2}})\s*$", re.MULTILINE)),
)  # fmt: skip
_DOT_AFTER = "把|让|叫|给|跟|和|在|是|被|说|讲|骂|逼|一起|也|至今|到底|两次"
_END = r"[，,。；;：:、（(！!？?\s]|$"
_DOTTED = (
    re.compile(rf"(?P<name>[{_HAN}]{{2,6}}[·•・][{_HAN}]{{2,6}}?)(?={_END}|{TITLES})"),
    re.compile(rf"(?P<name>[{_HAN}]{{2,6}}[·•・][{_HAN}]{{2,6}}?)(?={_END}|{TITLES}|{_DOT_AFTER})"),
)
_PLACES = "苑园城府院路区店楼湾里"
_LEAD = re.compile(rf"^(?:{DECLARED}|本人|{BEFORE}|我和|还被|找过|我找过|[我他她你和跟与找被让问叫是由听逼的])+")
_PRONOUNS = frozenset("我你他她它们谁咱这那")


def _is_word(name: str, *, sure: bool) -> bool:
    """Whether it is an ordinary word, or (where nothing says it is a name) begins with one."""
    if name in WORDS or _PRONOUNS & set(name):
        return True
    return not sure and name[:2] in WORDS


def names(text: str) -> Iterator[Span]:
    """Names, by what stands around them."""
    for sure, pattern in _NAMES:
        for hit in pattern.finditer(text):
            if not _is_word(hit.group("name"), sure=sure):
                yield Span(hit.start("name"), hit.end("name"), "name")
    for pattern in _DOTTED:
        for hit in pattern.finditer(text):
            lead = _LEAD.match(hit.group("name"))
            start = hit.start("name") + (lead.end() if lead else 0)
            name = text[start : hit.end("name")]
            if name[-1] not in _PLACES and len(name.partition("·")[0]) >= 2:
                yield Span(start, hit.end("name"), "name")
