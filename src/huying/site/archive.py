"""Backup while running, and restore.  Data and keys never lie in one file: either alone tells nothing that is sealed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

import huying
from huying.cases.acts import erase_party
from huying.cases.models import Party
from huying.kernel import machine
from huying.kernel.actors import SYSTEM
from huying.kernel.crypto import Keyring, read_keyring, write_keyring
from huying.kernel.errors import Refused
from huying.kernel.jobs import forget_workers, worker_alive
from huying.org.models import Unit
from huying.privacy import acts as privacy
from huying.privacy.reads import ERASED, erased_keys
from huying.site.migrating import migrate

FORM = 1  # of the archive; a newer one is refused, not guessed at
SQLITE_NAME, POSTGRES_NAME = "database.sqlite3", "database.dump"
UNFINISHED = (".part", ".tmp")
NAMED = re.compile(r"huying-(\d{8}-\d{6})-(data\.tar\.gz|keys\.tar)")


@dataclass(frozen=True)
class Backup:
    """The files one backup made; ``keys`` is ``None`` when only data was asked for."""

    data: Path
    keys: Path | None


# --- backup -------------------------------------------------------------------------------------------------------------


def back_up(folder: Path, *, at: datetime, with_keys: bool = True, keep: int = 0) -> Backup:
    """Write the data archive and, apart from it, the key archive; read the data back.  Nothing has to be stopped for it.

    ``keep``: of the backups in this folder only so many stay, the newest; the older ones go once this one proved whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"huying-{at:%Y%m%d-%H%M%S}"
    data = folder / f"{name}-data.tar.gz"
    with _written(data) as out, tempfile.TemporaryDirectory(dir=folder) as scratch:
        dump = _dump(Path(scratch))
        manifest = _manifest(dump, at)
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
            _add_text(archive, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
            archive.add(dump, dump.name)
            _add_files(archive)
            _add_list(archive)
    keys = _keep_keys(folder / f"{name}-keys.tar") if with_keys else None
    _note(data, keys, manifest, at)
    if keep:
        _drop_older(folder, keep)
    return Backup(data, keys)


def _note(data: Path, keys: Path | None, manifest: dict[str, Any], at: datetime) -> None:
    """Read the archive back from the disk, remember the result; one that is not whole is said aloud."""
    whole = read_back(data) == manifest["sha256"]
    before = machine.last_backup()
    keys_at = at if keys else before.keys_at if before else None
    machine.note_backup(machine.LastBackup(at, str(data), data.stat().st_size, whole, keys_at))
    if not whole:
        raise Refused(f"备份写到 {data}，读回来却不完整。", "请换一个磁盘再备份一次，并检查这个磁盘。")


def read_back(data: Path) -> str:
    """Digest of the database inside an archive as it lies on the disk, every byte of the archive read; empty when torn."""
    try:
        found = ""
        with tarfile.open(data) as archive:
            for member in archive:
                source = archive.extractfile(member)
                digest = hashlib.file_digest(source, "sha256").hexdigest() if source else ""  # type: ignore[arg-type]
                found = digest if member.name in (SQLITE_NAME, POSTGRES_NAME) else found
    except (OSError, EOFError, tarfile.TarError, ValueError, zlib.error):
        return ""
    return found


def _drop_older(folder: Path, keep: int) -> None:
    """Keep the newest few.  Key archives are small and go with their data only: one saved alone stays."""
    made = {
        match[1] for path in folder.iterdir() if (match := NAMED.fullmatch(path.name)) and match[2].startswith("data")
    }
    for moment in sorted(made, reverse=True)[keep:]:
        for end in ("data.tar.gz", "keys.tar"):
            (folder / f"huying-{moment}-{end}").unlink(missing_ok=True)


def _keep_keys(path: Path) -> Path:
    """Key file, signing key and the list of erasures, readable by the owner only."""
    with _written(path) as out, tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(settings.HUYING_KEYS, "huying-keys.json")
        secret = Path(settings.HUYING_KEYS).parent / "secret"
        if secret.exists():
            archive.add(secret, "secret")
        _add_list(archive)
    return path


def _add_list(archive: tarfile.TarFile) -> None:
    """The list of destroyed keys goes into both: it names ids and times only."""
    listed = Path(settings.HUYING_KEYS).parent / ERASED
    if listed.exists():
        archive.add(listed, ERASED)


def _add_files(archive: tarfile.TarFile) -> None:
    """Every content that lies there whole.  Uploads still being written are left out, and so is what goes away meanwhile:
    the copy of the database was made before, and what it names was whole by then."""
    folder = Path(settings.HUYING_FILES)
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.name.endswith(UNFINISHED):
            continue
        try:
            archive.add(path, f"files/{path.relative_to(folder)}", recursive=False)
        except FileNotFoundError:  # erased, or swept as an orphan
            continue


def _dump(folder: Path) -> Path:
    """A consistent copy of the database as it is at one moment."""
    if connection.vendor == "sqlite":
        target = folder / SQLITE_NAME
        connection.ensure_connection()
        copy = sqlite3.connect(target)
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.close()
        return target
    target = folder / POSTGRES_NAME
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def _manifest(dump: Path, at: datetime) -> dict[str, Any]:
    ring = read_keyring(Path(settings.HUYING_KEYS))
    return {
        "form": FORM,
        "made_at": at.isoformat(),
        "version": huying.__version__,
        "engine": connection.vendor,
        "database": dump.name,
        "sha256": _digest(dump),
        "keys": keyring_digest(ring),
        "ring": ring_digests(ring),
        "migrations": sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
    }


def keyring_digest(ring: Keyring) -> str:
    """Tells whether an archive belongs to a key file, without telling the keys; all a version before 0.3 reads."""
    return hashlib.sha256(b"".join(ring.keys[name] for name in sorted(ring.keys)) + ring.salt).hexdigest()


def ring_digests(ring: Keyring) -> dict[str, str]:
    """Each key and the salt by a digest of its own: after a rotation an archive needs only the keys it was made under."""
    parts = {**ring.keys, "salt": ring.salt}
    return {name: hashlib.sha256(b"huying:" + part).hexdigest() for name, part in parts.items()}


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


@contextmanager
def _written(path: Path) -> Iterator[Any]:
    """A file that appears under its name only when it is whole and on the disk."""
    partial = path.with_name(path.name + ".partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    body = text.encode()
    member.size, member.mode = len(body), 0o600
    archive.addfile(member, io.BytesIO(body))


def _run(program: str, *options: str) -> None:
    """One of PostgreSQL's own programs on this installation's database."""
    database = connection.settings_dict
    given = {"PGHOST": database["HOST"], "PGPORT": database["PORT"], "PGUSER": database["USER"]}
    given |= {"PGPASSWORD": database["PASSWORD"], "PGDATABASE": database["NAME"]}
    environment = os.environ | {name: str(value) for name, value in given.items() if value}
    try:
        done = subprocess.run([program, *options], env=environment, check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Refused(f"没有找到 {program}。", "请安装与数据库同版本的 PostgreSQL 客户端程序。") from error
    if done.returncode:
        raise Refused(f"{program} 没有成功：{done.stderr.strip()[:500]}", "请检查 DATABASE_URL 和客户端程序的版本。")


# --- restore ------------------------------------------------------------------------------------------------------------


def restore(data: Path, keys: Path | None, *, at: datetime, force: bool = False) -> int:
    """Put a backup back into this home; erases again what had been erased.  Returns how many keys that destroyed.

    Refuses a home that holds data (unless forced: then it is set aside), a running one, a damaged archive, and keys
    that do not belong to the data.
    """
    _check_home(at, force)
    home = Path(settings.HUYING_HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home) as name:
        scratch = Path(name)
        manifest = _unpack(data, scratch)
        _take_keys(keys, scratch / "keys", manifest)
        _set_aside(home, at)
        _place(scratch, manifest)
        _merge_lists(scratch)
    migrate()
    forget_workers()
    erased = _erase_again(at)
    return erased + privacy.replay_erasures(at=at)


def _erase_again(at: datetime) -> int:
    """Everybody whose key the list names, erased as whole as the first time: the restored keys still say whom to look for."""
    people = list(Party.objects.filter(key__in=erased_keys(), erased_at__isnull=True).values_list("pk", flat=True))
    for party in people:
        erase_party(party_id=party, why="asked", by=SYSTEM, at=at)
    if people:
        privacy.scrub(at=at)
    return len(people)


def _check_home(at: datetime, force: bool) -> None:
    if not _has_tables():
        return
    if worker_alive(at):
        raise Refused("系统正在运行，不能恢复。", "请先停止 huying serve，等三分钟再试。")
    if Unit.objects.exists() and not force:
        raise Refused("这里已经有数据，恢复会盖掉它们。", "确实要恢复，请加上 --force；原有数据会先移到一旁。")


def _has_tables() -> bool:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False
    return Unit._meta.db_table in connection.introspection.table_names()


def _unpack(data: Path, scratch: Path) -> dict[str, Any]:
    """The archive's manifest, after everything in it proved whole."""
    try:
        with tarfile.open(data) as archive:
            _extract(archive, scratch)
        manifest: dict[str, Any] = json.loads((scratch / "manifest.json").read_text())
        whole = _digest(scratch / manifest["database"]) == manifest["sha256"]
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise Refused(f"{data.name} 不是完整的数据备份：{error}", "请换另一份备份。") from error
    if not whole:
        raise Refused(f"{data.name} 里的数据库和备份时不一样。", "请换另一份备份。")
    if manifest["form"] > FORM:
        raise Refused(f"这份备份是更新的版本（{manifest['version']}）做的。", "请先升级呼应，再恢复。")
    if manifest["engine"] != connection.vendor:
        raise Refused(
            f"备份来自 {manifest['engine']}，现在用的是 {connection.vendor}。", "请把 DATABASE_URL 改成同一种数据库。"
        )
    return manifest


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    """Plain files inside the folder only, readable by the owner; Python 3.11.2 knows no extraction filter yet."""
    for member in archive:
        target = folder / member.name
        if member.isdir():
            continue
        if not member.isfile() or ".." in Path(member.name).parts or not target.is_relative_to(folder):
            raise tarfile.TarError(member.name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source = archive.extractfile(member)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            shutil.copyfileobj(source, out)  # type: ignore[arg-type]


def _take_keys(keys: Path | None, folder: Path, manifest: dict[str, Any]) -> None:
    """Put the archive's keys in place if none are here; then check that the keys here fit the data."""
    here = Path(settings.HUYING_KEYS)
    if keys is not None:
        try:
            with tarfile.open(keys) as archive:
                _extract(archive, folder)
            read_keyring(folder / "huying-keys.json")
        except (OSError, tarfile.TarError, ValueError) as error:
            raise Refused(f"{keys.name} 不是完整的密钥备份：{error}", "请换另一份密钥备份。") from error
        if not here.exists():
            here.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name in ("huying-keys.json", "secret"):
                if (folder / name).exists():
                    shutil.copy(folder / name, here.parent / name)
                    (here.parent / name).chmod(0o600)
    if not here.exists():
        raise Refused("没有密钥，恢复了也打不开密封内容。", "请加上 --keys 密钥备份文件。")
    given = folder / "huying-keys.json"
    rings = [read_keyring(path) for path in (here, given) if path.exists()]
    joined = _joined(rings)
    if joined is None or not _fit(manifest, joined):
        raise Refused("密钥和这份数据备份不是一套。", "请找出同一套密钥，或把 HUYING_HOME 指向空文件夹再恢复。")
    if joined.keys != rings[0].keys:
        write_keyring(joined, here, replace=True)


def _joined(rings: list[Keyring]) -> Keyring | None:
    """The keys here with those of the archive: after a rotation an older archive needs an older key.  ``None``: of another
    installation, or the same name for two keys."""
    first = rings[0]
    keys = dict(first.keys)
    for ring in rings[1:]:
        if ring.salt != first.salt or any(keys.get(name, key) != key for name, key in ring.keys.items()):
            return None
        keys |= ring.keys
    since = datetime(1970, 1, 1, tzinfo=UTC).isoformat()
    retired = {name: first.retired.get(name, since) for name in keys if name != first.current}
    return Keyring(first.current, keys, first.salt, retired)


def _fit(manifest: dict[str, Any], joined: Keyring) -> bool:
    """Whether these keys open an archive; one from before 0.3 names all its keys by one digest."""
    if "ring" not in manifest:
        first = Keyring("k1", {"k1": joined.keys["k1"]}, joined.salt) if "k1" in joined.keys else joined
        return manifest["keys"] in {keyring_digest(first), keyring_digest(joined)}
    found = ring_digests(joined)
    return all(found.get(name) == digest for name, digest in manifest["ring"].items())


def _set_aside(home: Path, at: datetime) -> None:
    """Move what is here out of the way; nothing is deleted."""
    aside = home / f"before-restore-{at:%Y%m%d-%H%M%S}"
    connection.close()
    olds = [Path(settings.HUYING_FILES)]
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        olds += [Path(name + end) for end in ("", "-wal", "-shm")]
    elif _has_tables():
        aside.mkdir(mode=0o700, exist_ok=True)
        _run("pg_dump", "--format=custom", f"--file={aside / POSTGRES_NAME}")
        connection.close()
    for old in olds:
        if old.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            shutil.move(old, aside / old.name)


def _place(scratch: Path, manifest: dict[str, Any]) -> None:
    dump = scratch / manifest["database"]
    if connection.vendor == "sqlite":
        shutil.move(dump, connection.settings_dict["NAME"])
    else:
        name = connection.settings_dict["NAME"]
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", f"--dbname={name}", str(dump))
    if (scratch / "files").exists():
        shutil.move(scratch / "files", settings.HUYING_FILES)
    else:
        Path(settings.HUYING_FILES).mkdir(parents=True, exist_ok=True, mode=0o700)


def _merge_lists(scratch: Path) -> None:
    """Everything that any of the lists names stays erased: the one here, the one with the data, the one with the keys."""
    here = Path(settings.HUYING_KEYS).parent / ERASED
    lines: dict[str, None] = {}
    for path in (here, scratch / ERASED, scratch / "keys" / ERASED):
        if path.exists():
            lines |= dict.fromkeys(path.read_text().splitlines())
    if lines:
        here.write_text("".join(f"{line}\n" for line in lines))
        here.chmod(0o600)
