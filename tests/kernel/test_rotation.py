"""A new installation key: nothing is lost at any moment, the old key goes only when nothing needs it, the site follows."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from huying.kernel import crypto, rotation
from huying.kernel.errors import Refused
from huying.kernel.ids import random_id
from huying.kernel.models import DataKey, Draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path) -> Path:
    """A key file of its own, so that the run's keys stay as they are."""
    path = tmp_path / "keys" / "huying-keys.json"
    path.parent.mkdir()
    shutil.copy(settings.HUYING_KEYS, path)
    settings.HUYING_KEYS = str(path)
    return path


def filled(now, many=5):
    keys = [DataKey.fresh(now) for _ in range(many)]
    sealed = [(key, key.seal(f"第 {n} 句", "t:c:r")) for n, key in enumerate(keys)]
    person = random_id()
    place = f"draft:{person}:case-accept"
    Draft.objects.create(person=person, form="case-accept", sealed=crypto.wrap(b"typed", place), at=now)
    return sealed, place


def all_open(sealed, place):
    for n, (key, text) in enumerate(sealed):
        assert DataKey.objects.get(pk=key.pk).open(text, "t:c:r") == f"第 {n} 句"
    assert crypto.unwrap(bytes(Draft.objects.get().sealed), place) == b"typed"


def go_on(done, of):
    return True


def test_everything_is_wrapped_anew_and_the_old_key_goes(now, own_keys):
    sealed, place = filled(now)
    receipt, index = crypto.receipt_hash("1" * 16), crypto.blind_index("phone", "13800001111")
    old = crypto.keyring().current
    assert rotation.begin(at=now)
    all_open(sealed, place)
    assert rotation.rewrap(go_on, batch=2)
    assert rotation.counts() == {old: 0, crypto.keyring().current: 6}
    all_open(sealed, place)
    with pytest.raises(Refused, match="不到一天"):
        rotation.drop(at=now)
    assert rotation.drop(at=now + timedelta(days=1)) == [old]
    all_open(sealed, place)
    assert old not in crypto.read_keyring(own_keys).keys
    assert (crypto.receipt_hash("1" * 16), crypto.blind_index("phone", "13800001111")) == (receipt, index)
    assert own_keys.stat().st_mode & 0o077 == 0


def test_stopped_in_the_middle_it_goes_on_with_the_same_key(now):
    sealed, place = filled(now)
    rotation.begin(at=now)
    name = crypto.keyring().current
    assert not rotation.rewrap(lambda done, of: False, batch=2)
    all_open(sealed, place)
    with pytest.raises(Refused, match="还有 4 处"):
        rotation.drop(at=now + timedelta(days=9), now=True)
    assert not rotation.begin(at=now)  # goes on, no third key
    assert crypto.keyring().current == name
    assert rotation.rewrap(go_on)
    all_open(sealed, place)


def test_what_was_erased_meanwhile_stays_erased(now, monkeypatch):
    sealed, _ = filled(now, many=2)
    rotation.begin(at=now)
    wrap = crypto.wrap

    def erased_between(plain, place):
        DataKey.objects.update(wrapped=None, destroyed_at=now)
        return wrap(plain, place)

    monkeypatch.setattr(crypto, "wrap", erased_between)
    rotation.rewrap(go_on)
    assert all(row.wrapped is None for row in DataKey.objects.filter(pk__in=[key.pk for key, _ in sealed]))


@pytest.mark.attack(
    "backup", "opens an old copy of the database with the key file as it is after a rotation", found="held"
)
def test_an_old_copy_opens_no_more_once_the_old_key_is_gone(now):
    key = DataKey.fresh(now)
    copied = bytes(key.wrapped)
    rotation.begin(at=now)
    rotation.rewrap(go_on)
    rotation.drop(at=now, now=True)
    with pytest.raises(crypto.Unreadable):
        crypto.unwrap(copied, f"datakey:{key.pk}")


def test_a_column_nobody_named_keeps_the_old_key_alive(now, monkeypatch):
    filled(now)
    monkeypatch.setattr(rotation, "PLACES", rotation.PLACES[:1])  # somebody forgot the drafts
    rotation.begin(at=now)
    rotation.rewrap(go_on)
    with pytest.raises(Refused, match="还有 1 处"):
        rotation.drop(at=now, now=True)


def test_without_an_old_key_there_is_nothing_to_drop(now):
    with pytest.raises(Refused, match="没有旧密钥"):
        rotation.drop(at=now)
