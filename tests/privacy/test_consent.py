"""Consent texts are data: the newest is in force, an old one never changes, sensitive words are few and found."""

from __future__ import annotations

import hashlib

import pytest

from huying.privacy.reads import consent_text, consent_texts, separate_consents
from huying.privacy.rules import CONSENT_VERSION, SENSITIVE, sensitive_in

# Digests of what people agreed to.  A new version gets a new line; a line here is never changed.
AGREED = {"2026-11": "9cf257e1f22259bf", "2026-12": "2e0722bb5d5b45c6"}


def test_the_newest_version_is_in_force():
    assert next(one.version for one in consent_texts()) == CONSENT_VERSION
    assert [one.since for one in consent_texts()] == sorted((one.since for one in consent_texts()), reverse=True)


def test_what_people_agreed_to_never_changes():
    assert {one.version for one in consent_texts()} == set(AGREED)
    for version, digest in AGREED.items():
        text = consent_text(version)
        assert text is not None
        said = "\n".join(f"{head}{words}" for head, words in text.lines)
        assert hashlib.sha256(said.encode()).hexdigest()[:16] == digest


def test_each_sensitive_kind_says_why_and_what_may_come_of_it():
    for one in separate_consents(list(SENSITIVE)):
        assert one.label
        assert one.why
        assert one.how


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("手受伤了，住院三天", ["health"]),
        ("工资卡6222021234567890123没到账", ["account"]),
        ("老板查我们的行踪", ["location"]),
        ("我孩子今年8岁没人接", ["child"]),
        ("女儿十二岁", ["child"]),
        ("儿子二十三岁也在厂里", []),
        ("请病假扣了工资", []),
        ("夜班没有热水", []),
        ("怀孕了还排夜班，卡号6222021234567890123", ["health", "account"]),
    ],
)
def test_what_is_sensitive(words, kinds):
    assert sensitive_in(words) == kinds
