"""Sealing: bound to its place, tagged by algorithm, gone with its key; receipts and blind indexes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as checks
from hypothesis import strategies as some

from huying.kernel import crypto, ids
from huying.kernel.models import DataKey

KEY = bytes(range(32))


@given(text=some.binary(max_size=2000), place=some.text(max_size=40))
def test_what_is_sealed_opens_at_its_place_only(text, place):
    sealed = crypto.encrypt(KEY, text, place)
    assert crypto.decrypt(KEY, sealed, place) == text
    for wrong in (lambda: crypto.decrypt(KEY, sealed, place + "x"), lambda: crypto.decrypt(bytes(32), sealed, place)):
        with pytest.raises(crypto.Unreadable):
            wrong()


@checks(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(position=some.integers(min_value=0, max_value=200), flip=some.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed(position, flip):
    sealed = bytearray(crypto.encrypt(KEY, "热水不热".encode() * 5, "a:b:c"))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(KEY, bytes(sealed), "a:b:c")


def test_sm4_can_be_switched_on_and_old_values_still_open(settings):
    old = crypto.encrypt(KEY, b"aes", "p")
    settings.HUYING_CIPHER = "sm4"
    new = crypto.encrypt(KEY, b"sm4", "p")
    assert (old[:1], new[:1]) == (crypto.AES, crypto.SM4)
    assert (crypto.decrypt(KEY, old, "p"), crypto.decrypt(KEY, new, "p")) == (b"aes", b"sm4")


def test_a_destroyed_key_opens_nothing(db, now):
    key = DataKey.fresh(now)
    sealed = key.seal("悄悄话", "t:c:r")
    assert key.open(sealed, "t:c:r") == "悄悄话"
    key.wrapped = None
    with pytest.raises(crypto.Unreadable):
        key.open(sealed, "t:c:r")


def test_a_damaged_or_loose_key_file_is_refused(tmp_path):
    path = tmp_path / "keys.json"
    ring = crypto.new_keyring()
    crypto.write_keyring(ring, path)
    assert crypto.read_keyring(path) == ring
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        crypto.write_keyring(crypto.new_keyring(), path)
    for text in ("{}", '{"current": "k9", "keys": {}, "salt": ""}', "not json"):
        path.chmod(0o600)
        path.write_text(text)
        with pytest.raises(ValueError, match=r"key file|Expecting"):
            crypto.read_keyring(path)


def test_the_receipt_follows_from_the_forms_key_and_from_nothing_else():
    one, again, other = ids.receipt_from("a" * 32), ids.receipt_from("a" * 32), ids.receipt_from("b" * 32)
    assert one == again
    assert one != other
    assert len(one) == 16
    assert one.isdigit()
    assert crypto.receipt_hash(one) == crypto.receipt_hash(again) != crypto.receipt_hash(other)
    assert ids.spaced("1234567890123456") == "1234 5678 9012 3456"


def test_blind_indexes_of_kinds_differ():
    assert crypto.blind_index("phone", "138") != crypto.blind_index("name", "138")


def test_uuid7_is_a_uuid_of_version_7_in_order():
    made = [ids.uuid7() for _ in range(50)]
    assert {one.version for one in made} == {7}
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)
