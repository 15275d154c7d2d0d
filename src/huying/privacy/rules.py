"""Masking proposals, look-up limits, consent.  Pure functions: an officer confirms what is proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from phonenumbers import NumberParseException, is_possible_number, parse

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

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章"
    "鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟"
    "艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄"
    "丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢谌奚粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹"
    "井祖漆巴丰支卿国狄平计索宣晋初门云容敬来扈晁芮普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况宿鲜印逯隆茹诺战慕危玉银亢嵇公哈"
    "湛宾戎勾茅利於呼居揭尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
TITLES = (
    "书记|主席|主任|经理|科长|部长|处长|厂长|总监|总经理|总|班长|组长|队长|工长|师傅|老师|医生|护士长|站长|店长|主管|"
    "会计|同志|女士|先生|姐|哥"
)
SAID_BEFORE = "我叫|名叫|姓名|姓名[:：]|本人|联系人|联系人[:：]"

_KIN = "|".join(
    f"(?<={one})"
    for one in (
        *("爸爸", "妈妈", "父亲", "母亲", "丈夫", "妻子", "老公", "老婆", "爱人", "儿子", "女儿", "爷爷", "奶奶"),
        *("哥哥", "姐姐", "弟弟", "妹妹", "同事", "工友"),
    )
)
_SAID_BEFORE = "我他她和跟与找被让问叫是：:，。、 "
_GIVEN_AS = "(?:(?<=我叫)|(?<=名叫)|(?<=姓名)|(?<=姓名[:：])|(?<=联系人)|(?<=联系人[:：]))"
_AFTER_NAME = r"[，,。；;：:、（(！!？?\s]|$|于|系|是|在|现|自|从|因|已|向|申请|要求|请求|求|反映|身份证|男|女|[0-9]"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("id", re.compile(r"(?<![0-9])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[0-9Xx](?![0-9])")),
    ("bank", re.compile(r"(?<![0-9])(?:62|60|4|5)\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![0-9])")),
    ("phone", re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9])")),
    ("phone", re.compile(r"(?<![0-9])0\d{2,3}[- ]?[2-9]\d{6,7}(?![0-9])")),
    ("mail", re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("chat", re.compile(r"(?:微信|QQ|qq|V信|wx)(?:号)?(?:是|为|[:：])?\s*[A-Za-z0-9_-]{5,20}")),
    ("plate", re.compile(r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][A-Z][ ·]?[A-Z0-9]{5,6}")),
    ("name", re.compile(rf"(?<=[{_SAID_BEFORE}])(?!公司|公[共安]|单位)[{SURNAMES}][\u4e00-\u9fff]{{0,2}}(?=(?:{TITLES}))")),
    ("name", re.compile(rf"{_GIVEN_AS}[{SURNAMES}][\u4e00-\u9fff]{{1,2}}")),
    # 本人 and kin are followed by a name only where the sentence then stops or goes on with a verb: 本人平均工资 names nobody.
    ("name", re.compile(rf"(?:(?<=本人)|{_KIN})(?!关于|曾[经多在被])[{SURNAMES}](?!某)[\u4e00-\u9fff]{{1,2}}?(?={_AFTER_NAME})")),
)  # fmt: skip
_SHOWN = {"id": "〔身份证号〕", "bank": "〔银行卡号〕", "phone": "〔电话〕", "mail": "〔邮箱〕", "chat": "〔账号〕", "plate": "〔车牌〕",
          "word": "〔略〕"}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """A stretch of text that gives somebody away: ``start``, ``end`` in characters, ``kind``."""

    start: int
    end: int
    kind: str


def spans(text: str, *, names: Iterable[str] = (), marked: Iterable[str] = ()) -> list[Span]:
    """Where a text gives people away: numbers, addresses, the roster's names, words the worker marked."""
    found = [Span(m.start(), m.end(), kind) for kind, pattern in _PATTERNS for m in pattern.finditer(text)]
    for word, kind in [(name, "name") for name in names if len(name) > 1] + [
        (word, "word") for word in marked if word.strip()
    ]:
        found += [Span(m.start(), m.end(), kind) for m in re.finditer(re.escape(word), text)]
    found.sort(key=lambda span: (span.start, -(span.end - span.start)))
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


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


def mask(text: str, *, names: Iterable[str] = (), marked: Iterable[str] = ()) -> str:
    """The masked proposal of a text."""
    out, last = [], 0
    for span in spans(text, names=names, marked=marked):
        original = text[span.start : span.end]
        shown = original[0] + "某" * max(1, len(original) - 1) if span.kind == "name" else _SHOWN[span.kind]
        out += [text[last : span.start], shown]
        last = span.end
    return "".join([*out, text[last:]])


def mask_phone(phone: str) -> str:
    """``138****1234``."""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"


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
