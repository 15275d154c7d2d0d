"""Chinese search: exact hits, the same on both engines, for one, two and more characters, words and figures."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.db.models import Q

from huying.kernel import search
from huying.kernel.ids import uuid7
from huying.kernel.models import TextEntry
from huying.kernel.text import grams, normalise, squeeze

TEXTS = [
    "夜班末班车提前，下班赶不上。",
    "末班车 22:40 发车，ＷＩＦＩ 坏了",
    "农民工欠薪三个月，请工会帮忙",
    "民工",
    "工会主席接待日",
    "wifi 信号不好；QQ群里没人答复",
    "𠮷祥物店的罗喆反映：喷漆房通风不好",
    "班\n车",
]
QUERIES = [
    "末班车", "班车", "车", "民工", "民工欠薪", "农民工", "工", "会", "wifi", "WIFI", "wi", "22", "40", "喆", "罗喆", "𠮷祥", "好",
    "末班车 发车", "班车 wifi", "不存在", "！！", "工会 接待", "群里", "三个月",
]  # fmt: skip


RUNS = r"[0-9a-z]+|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"


def brute(query: str) -> set[str]:
    """What stands in a text letter by letter, runs of Chinese and Latin words apart."""
    found = set()
    words = re.findall(RUNS, normalise(query))
    for text in TEXTS:
        runs = re.findall(RUNS, normalise(text))
        if words and all(
            any(word == run if word.isascii() else (not run.isascii() and word in run) for run in runs)
            for word in words
        ):
            found.add(text)
    return found


@pytest.fixture
def entries(db):
    root = uuid7()
    found = {}
    for text in TEXTS:
        subject = uuid7()
        found[subject] = text
        search.put(kind="case", subject=subject, root=root, text=text)
    search.put(kind="other", subject=uuid7(), root=root, text="末班车 民工 wifi")
    return found


def hits(entries, query: str) -> set[str]:
    wanted = search.hits("case", query)
    if wanted is None:
        return set()
    # The index speaks of subjects; here the entries themselves stand in for the objects.
    sql_ids = set(TextEntry.objects.filter(kind="case").values_list("subject", flat=True))
    condition = wanted.children[0][1]
    rows = TextEntry.objects.filter(Q(subject__in=condition)).values_list("subject", flat=True)
    return {entries[subject] for subject in rows if subject in sql_ids}


@pytest.mark.parametrize("query", QUERIES)
def test_hits_are_what_stands_in_the_text(entries, query):
    assert hits(entries, query) == brute(query)


def test_every_pair_of_neighbours_is_found(entries):
    for text in TEXTS:
        plain = [run for run in re.findall(RUNS, normalise(text)) if not run.isascii()]
        for run, length in product(plain, (1, 2, 3)):
            for start in range(len(run) - length + 1):
                assert text in hits(entries, run[start : start + length]), (text, run[start : start + length])


def test_what_is_replaced_is_not_found(entries):
    subject = next(iter(entries))
    search.put(kind="case", subject=subject, root=TextEntry.objects.get(subject=subject).root, text="食堂的汤")
    assert TEXTS[0] not in hits(entries, "夜班")


def test_quotes_and_operators_are_words_not_commands(entries):
    for query in ("'", '"', "a' OR '1'='1", "NEAR(班 车)", "末班* OR", "\\", "%", "车 & !班"):
        hits(entries, query)


def test_bigrams_and_exact_check():
    assert grams("夜班车AB") == ["夜班", "班车", "车", "ab"]
    assert squeeze("夜班，车！AB") == "夜班车ab"
    assert search.holds("夜班车提前", "班车 提前")
    assert not search.holds("夜班车提前", "班前")


def test_likeness_puts_the_nearest_first():
    entries = [(uuid7(), " ".join(grams(text))) for text in ("食堂的汤凉了", "夜班的末班车提前了", "工资少发")]
    ranked = search.likeness("末班车提前，夜班赶不上", entries)
    assert ranked[0][0] == entries[1][0]
