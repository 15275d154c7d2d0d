"""The masked proposal: whom it hides, and words it must leave alone."""

from __future__ import annotations

import pytest

from huying.privacy.rules import mask


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("我叫欧阳雪，住三号楼", "我叫欧某某，住三号楼"),
        ("本人尹小川，在铸造车间上班", "本人尹某某，在铸造车间上班"),
        ("我爸爸尹大川（已退休）没有拿到", "我爸爸尹某某（已退休）没有拿到"),
        ("工友尹小川说的", "工友尹小川说的"),  # only a proposal: nothing says where the name ends
        ("找尹主任问过", "找尹某主任问过"),
        ("电话13800001111", "电话〔电话〕"),
    ],
)
def test_who_is_hidden(said, shown) -> None:
    assert mask(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "本人平均缴费工资",
        "本人解除劳动合同",
        "本人关于要求落实医保的申请",
        "本人曾多次申请",
        "多次找，公司总以各种理由推",
    ],
)
def test_ordinary_words_stay(said) -> None:
    assert mask(said) == said
