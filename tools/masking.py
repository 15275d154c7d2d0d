"""How well the masked proposal hides people: invented sentences with invented names and numbers, seeded, counted.

``python -m tools.masking`` prints recall and precision by kind for many seeds; ``--missed`` shows what got away.  The vocabulary and
the turns of phrase are this file's own: nothing here is taken from the rules it measures.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from huying.privacy.rules import spans

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐"
)
DOUBLE = ("欧阳", "司马", "诸葛", "上官", "东方", "皇甫", "尉迟", "令狐", "慕容", "夏侯", "公孙", "端木")
_GIVEN = """
建国 建军 志强 志刚 秀英 秀兰 桂英 桂兰 玉梅 红梅 春华 春梅 海燕 海涛 卫东 卫国 国庆 国强 爱民 爱华 小川 小燕 晓东 晓明
丽娟 丽华 美玲 淑芬 淑珍 凤英 凤霞 俊杰 俊峰 文博 浩然 浩宇 子轩 子涵 梓萱 欣怡 雨桐 佳怡 嘉豪 思远 明远 明哲 立新 立群
大伟 大壮 长青 长江 永强 永福 德胜 德才 福生 根生 水生 金花 银凤 宝山 宝珠 瑞雪 瑞祥 兴旺 兴国 振华 振东 光辉 光明 彩霞
彩云 伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 刚 玲 婷 鹏 辉 波 斌 凯 慧 颖 琳 瑶 琪 峰 林 翀 懿 曦 祎 煜
昊 睿 琛
"""
GIVEN = _GIVEN.split()
# Names whose characters given names are seldom made of.
_RARE = """
栓柱 二狗 铁蛋 招娣 来弟 盼盼 婷婷 丫头 保田 麦囤 奕辰 骋 旎 黑妮 喜梅 腊梅 冬至 跃进 抗美 援朝 得水 有田 满仓 小毛 毛毛
大栓 皓 峥嵘 苒苒 沁
"""
RARE = _RARE.split()
DOTTED = (
    "艾力·买买提",
    "阿依古丽·吐尔逊",
    "买买提·艾山",
    "古丽娜尔·阿不都",
    "热合曼·依明",
    "努尔兰·哈山",
    "巴哈尔·玉素甫",
)
MAIL_NAMES = ("zhangsan_88", "lihua.work", "xiaoming1990", "gongyou-77", "wd.chen")
CHATS = ("wxid_abc123", "lao_wang_88", "q123456789", "hu-ying2020", "zhq19850607")
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云陕甘"
PLACE, TIME = (
    ("三车间", "食堂", "二号门", "铸造线", "宿舍楼", "质检科", "装配线"),
    ("上个月", "11月3日", "昨天", "前天晚上", "国庆那几天", "今年以来"),
)
WHAT = (
    "扣了我半个月工资",
    "夜班没有热水",
    "考勤被改了",
    "加班费一直没发",
    "社保断缴了",
    "劳保鞋两年没换",
    "宿舍漏雨没人管",
    "年假不让休",
    "绩效打分不公开",
    "粉尘太大口罩不够",
)

NUMERALS = {
    "0": "零",
    "1": "幺",
    "2": "二",
    "3": "三",
    "4": "四",
    "5": "五",
    "6": "六",
    "7": "七",
    "8": "八",
    "9": "九",
}


@dataclass
class Sentence:
    """Text with the places that give somebody away: (start, end, kind)."""

    text: str = ""
    spans: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, words: str, kind: str = "") -> Sentence:
        """Go on with words; ``kind`` where they give somebody away."""
        if kind:
            self.spans.append((len(self.text), len(self.text) + len(words), kind))
        self.text += words
        return self


def name(draw: random.Random) -> str:
    """An invented name: nine in ten of the common form, else a double surname or one with a dot."""
    chance = draw.random()
    if chance < 0.04:
        return draw.choice(DOTTED)
    surname = draw.choice(DOUBLE) if chance < 0.09 else draw.choice(SURNAMES)
    return surname + draw.choice(RARE if chance > 0.92 else GIVEN)


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def phone(draw: random.Random) -> str:
    """A mobile number as people type it."""
    head, middle, tail = "1" + draw.choice("3456789") + _digits(draw, 1), _digits(draw, 4), _digits(draw, 4)
    plain = head + middle + tail
    forms = (plain, plain, plain, f"{head} {middle} {tail}", f"{head}-{middle}-{tail}", f"+86 {plain}", f"86-{plain}",
             f"{head}.{middle}.{tail}", _wide(plain), f"{head}　{middle}　{tail}", "".join(NUMERALS[one] for one in plain),
             f"{plain[:5]} {plain[5:]}", f"{head}—{middle}—{tail}")  # fmt: skip
    return draw.choice(forms)


def landline(draw: random.Random) -> str:
    """A fixed line, mostly with its area code."""
    area = draw.choice(("0539", "010", "021", "0532", "0371", "0912"))
    number = draw.choice("2345678") + _digits(draw, 7 if len(area) == 3 else 6)
    forms = (f"{area}-{number}", f"{area}{number}", f"{area} {number}", f"({area}){number}", f"（{area}）{number}", f"{area}—{number}",
             _wide(f"{area}-{number}"), f"{area}-{number[:4]} {number[4:]}")  # fmt: skip
    return draw.choice(forms)


def identity(draw: random.Random) -> str:
    """An identity card number that is none."""
    day = f"{draw.randint(1955, 2005)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
    area, end = draw.choice(("371328", "110105", "320102", "410102")), _digits(draw, 3) + draw.choice("0123456789Xx")
    forms = (area + day + end, area + day + end, f"{area} {day} {end}", f"{area}-{day}-{end}", _wide(area + day + end))
    return draw.choice(forms)


def bank(draw: random.Random) -> str:
    """A card number that is none."""
    plain = draw.choice(("6222", "6217", "6228", "6230", "4367", "5187", "6013")) + _digits(draw, draw.choice((12, 15)))
    spaced = " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))
    return draw.choice((plain, spaced, spaced.replace(" ", "-"), _wide(plain), spaced.replace(" ", "　")))


def plate(draw: random.Random) -> str:
    """A number plate."""
    head = draw.choice(PROVINCES) + draw.choice("ABCDEFGHQ")
    tail = draw.choice(("".join(draw.choice("ABCDEFGH0123456789") for _ in range(4)) + draw.choice("0123456789"),
                        "D" + _digits(draw, 5), _digits(draw, 5)))  # fmt: skip
    return draw.choice((head + tail, f"{head}·{tail}", f"{head} {tail}", (head + tail).lower(), f"{head}-{tail}"))


NAMED: tuple[Callable[[Sentence, random.Random], Sentence], ...] = (
    lambda s, d: s.add("我叫").add(name(d), "name").add(f"，在{d.choice(PLACE)}上班。"),
    lambda s, d: s.add("我是").add(name(d), "name").add(f"，{d.choice(PLACE)}的。"),
    lambda s, d: s.add("本人").add(name(d), "name").add("，已入职六年。"),
    lambda s, d: s.add("领导好，").add(name(d), "name").add("师傅可以作证。"),
    lambda s, d: s.add("班长").add(name(d), "name").add("让我们签空白的单子。"),
    lambda s, d: s.add("主任").add(name(d), "name").add("说不干就走人。"),
    lambda s, d: s.add("工友").add(name(d), "name").add("也碰到过。"),
    lambda s, d: s.add("我和").add(name(d), "name").add(f"一起去问过{d.choice(PLACE)}。"),
    lambda s, d: s.add("是").add(name(d), "name").add("逼我写的保证书。"),
    lambda s, d: s.add(f"{d.choice(TIME)}").add(name(d), "name").add("把我的工资条撕了。"),
    lambda s, d: s.add("请尽快处理。\n——").add(name(d), "name").add("\n"),
    lambda s, d: s.add("联系人：").add(name(d), "name").add("。"),
    lambda s, d: s.add("姓名:").add(name(d), "name").add("；工号不方便说。"),
    lambda s, d: s.add("").add(name(d), "name").add("、").add(name(d), "name").add("、").add(name(d), "name").add("三个人都没有发。"),
    lambda s, d: s.add("我老公").add(name(d), "name").add("在装配线。"),
    lambda s, d: s.add("我找过").add(name(d), "name").add("两次，没有结果。"),
    lambda s, d: s.add("还被").add(name(d), "name").add("骂了一顿。"),
    lambda s, d: s.add("").add(name(d), "name").add("经理一直推。"),
    lambda s, d: s.add("车间的").add(name(d), "name").add("也知道这件事。"),
    lambda s, d: s.add("证明人 ").add(name(d), "name").add("，可以去问。"),
    lambda s, d: s.add("有个叫").add(name(d), "name").add("的组长，天天骂人。"),
    lambda s, d: s.add("老板").add(name(d), "name").add("跑了，电话也不接。"),
    lambda s, d: s.add("").add(name(d), "name").add("（电话").add(phone(d), "phone").add("）都清楚。"),
    lambda s, d: s.add("同事").add(name(d), "name").add("可以证明。"),
    lambda s, d: s.add("我妈").add(name(d), "name").add("在食堂干了八年。"),
    lambda s, d: s.add("考勤员").add(name(d), "name").add("给改成旷工。"),
    lambda s, d: s.add("听").add(name(d), "name").add("讲，别的车间都有。"),
    lambda s, d: s.add("负责人是").add(name(d), "name").add("，从来不露面。"),
)  # fmt: skip
# Turns of phrase written after the rules, so that these were not made to fit them.
LATER: tuple[Callable[[Sentence, random.Random], Sentence], ...] = (
    lambda s, d: s.add("去年退休的").add(name(d), "name").add("至今没拿到钱。"),
    lambda s, d: s.add("这事").add(name(d), "name").add("最清楚。"),
    lambda s, d: s.add("带班的是").add(name(d), "name").add("。"),
    lambda s, d: s.add("麻烦问一下").add(name(d), "name").add("到底怎么回事。"),
    lambda s, d: s.add("库管").add(name(d), "name").add("不给领手套。"),
    lambda s, d: s.add("").add(name(d), "name").add("摔伤以后没人管。"),
    lambda s, d: s.add("当时在场的有").add(name(d), "name").add("和").add(name(d), "name").add("。"),
    lambda s, d: s.add("跟").add(name(d), "name").add("吵了一架就被调岗。"),
    lambda s, d: s.add("签字的是").add(name(d), "name").add("，章也是他盖的。"),
    lambda s, d: s.add("我儿子").add(name(d), "name").add("在实习。"),
    lambda s, d: s.add("劳务队的").add(name(d), "name").add("卷钱走了。"),
    lambda s, d: s.add("“").add(name(d), "name").add("”这个人您查一查。"),
    lambda s, d: s.add("三车间 ").add(name(d), "name").add(" 工号00871。"),
    lambda s, d: s.add("此致敬礼\n").add(name(d), "name").add("\n"),
    lambda s, d: s.add("小组里").add(name(d), "name").add("年纪最大。"),
)
NUMBERED: tuple[Callable[[Sentence, random.Random], Sentence], ...] = (
    lambda s, d: s.add("我的电话是").add(phone(d), "phone").add("，晚上打。"),
    lambda s, d: s.add("打").add(phone(d), "phone").add("能找到我。"),
    lambda s, d: s.add("联系方式：").add(phone(d), "phone").add("\n"),
    lambda s, d: s.add("手机").add(phone(d), "phone").add("，也可以打").add(phone(d), "phone").add("。"),
    lambda s, d: s.add("办公室电话").add(landline(d), "phone").add("没人接。"),
    lambda s, d: s.add("座机").add(landline(d), "phone").add("转8012。"),
    lambda s, d: s.add("身份证").add(identity(d), "id").add("，请核对。"),
    lambda s, d: s.add("证件号码是").add(identity(d), "id").add("的那个人就是我。"),
    lambda s, d: s.add("工资卡").add(bank(d), "bank").add("没有到账。"),
    lambda s, d: s.add("卡号：").add(bank(d), "bank").add("，工行的。"),
    lambda s, d: s.add("那辆").add(plate(d), "plate").add("的面包车天天堵门。"),
    lambda s, d: s.add("车牌").add(plate(d), "plate").add("，没有给停车位。"),
    lambda s, d: s.add("发到").add(d.choice(MAIL_NAMES) + "@" + d.choice(("qq.com", "163.com", "corp.example.cn")), "mail").add("也行。"),
    lambda s, d: s.add("加").add(d.choice(("微信", "微信号", "QQ：", "vx ", "微信号是")) + d.choice(CHATS), "chat").add("细说。"),
)  # fmt: skip
# Nothing here gives anybody away: what is proposed in these is a false alarm.
PLAIN = (
    "方便的话，马上给个说法，大家都不高兴。",
    "公司成立二十年了，安全管理还是这样，温度四十度不停工。",
    "从2019年6月起，工资3500元，每天12小时。",
    "我们班组三十七个人，连续28天没有休息。",
    "合同编号2023-0156，第三条写明了加班费。",
    "请打12351或者12345热线。",
    "文件说金额为128000元，到现在没有到位。",
    "车间主任说高温补贴没有，毛坯还堆着，白天黑夜倒班。",
    "成品库常年温度高，严重影响健康，万一出事谁负责。",
    "康复以后能不能安排轻一点的活，方案什么时候定。",
    "领导江湖气重，于是大家都不敢说。",
    "金额不对，任务又重，向上级反映过，没有人管。",
    "夏天热，冬天冷，宿舍毛病多，史无前例。",
    "孔雀路食堂涨价，汤都是凉的，石头硌牙。",
    "和同事商量过，平时也没有时间，只好在这里说。",
    "时间是2026-11-20，地点在3号门，温度38.5度。",
    "钱也不发，常说等等，谢谢工会。",
)


def sentences(seed: int, count: int = 400, *, later: float = 0.2) -> Iterator[Sentence]:
    """Invented messages of one to three parts; ``later``: how many of the named ones use phrases written after the rules."""
    draw = random.Random(seed)  # noqa: S311  (invented messages, the same for the same seed)
    for _ in range(count):
        made = Sentence()
        for _ in range(draw.randint(1, 3)):
            form = draw.random()
            if form < 0.45:
                draw.choice(LATER if draw.random() < later else NAMED)(made, draw)
            elif form < 0.8:
                draw.choice(NUMBERED)(made, draw)
            else:
                made.add(draw.choice(PLAIN))
            if draw.random() < 0.5:
                made.add(f"{draw.choice(TIME)}{draw.choice(WHAT)}。")
        yield made


@dataclass
class Score:
    """What was there, what was found, what was proposed, what of that was wrong."""

    there: int = 0
    found: int = 0
    proposed: int = 0
    wrong: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Found of what was there."""
        return self.found / self.there if self.there else 1.0

    @property
    def precision(self) -> float:
        """Right of what was proposed."""
        return 1 - self.wrong / self.proposed if self.proposed else 1.0


def measured(made: Iterator[Sentence], spans: Callable[[str], list[tuple[int, int, str]]]) -> dict[str, Score]:
    """Scores for names and for numbers.  Something is found only when every character of it is hidden."""
    scores: dict[str, Score] = defaultdict(Score)
    for one in made:
        given = spans(one.text)
        hidden = {index for start, end, _ in given for index in range(start, end)}
        for start, end, kind in one.spans:
            score = scores["name" if kind == "name" else "number"]
            score.there += 1
            if set(range(start, end)) <= hidden:
                score.found += 1
            else:
                score.missed.append(f"{one.text[start:end]}　　{one.text[max(0, start - 8) : end + 6]!r}")
        for start, end, kind in given:
            score = scores["name" if kind == "name" else "number"]
            score.proposed += 1
            if not any(start < until and since < end for since, until, _ in one.spans):
                score.wrong += 1
                score.false.append(f"{one.text[start:end]}　　{one.text[max(0, start - 8) : end + 6]!r}")
    return scores


def say(words: str) -> None:
    """To the terminal."""
    sys.stdout.write(f"{words}\n")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("--later", type=float, default=0.2, help="share of phrases written after the rules")
    given = parser.parse_args()
    total: dict[str, Score] = defaultdict(Score)
    for seed in range(given.seeds):
        found = measured(
            sentences(seed, later=given.later), lambda text: [(one.start, one.end, one.kind) for one in spans(text)]
        )
        for kind, score in found.items():
            for part in ("there", "found", "proposed", "wrong", "missed", "false"):
                setattr(total[kind], part, getattr(total[kind], part) + getattr(score, part))
    for kind, score in total.items():
        say(
            f"{kind}: {score.there} there, recall {score.recall:.4f}; {score.proposed} proposed, precision {score.precision:.4f}"
        )
        if given.missed:
            say("\n".join(["  missed:", *sorted(set(score.missed))[:60], "  false:", *sorted(set(score.false))[:60]]))


if __name__ == "__main__":
    main()
