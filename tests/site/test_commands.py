"""The command line as an administrator meets it, in real processes."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import stat
import tarfile
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from huying.kernel.crypto import new_keyring, write_keyring
from huying.kernel.errors import Refused
from huying.site.clauses import clauses
from huying.site.cli import Utility
from huying.site.management.commands import init
from tests.site.conftest import FOUNDING, First, Home
from tests.site.served import free_port, until

BEATS = "SELECT count(*) FROM kernel_beat"
COUNT = "SELECT (SELECT count(*) FROM org_unit), (SELECT count(*) FROM org_user)"


# --- help ---------------------------------------------------------------------------------------------------------------


def test_help_is_chinese_and_lists_our_commands_only(new_home) -> None:
    said = new_home("h").run().stdout
    for name in (
        "demo",
        "init",
        "serve",
        "check",
        "backup",
        "restore",
        "import",
        "export",
        "worker",
        "upgrade",
        "recount",
        "clauses",
    ):
        assert re.search(rf"^  {name} +\S", said, re.M), name
    assert "makemessages" not in said


@pytest.mark.parametrize(
    "name", ["init", "serve", "check", "backup", "restore", "upgrade", "worker", "recount", "clauses"]
)
def test_each_command_explains_itself_in_chinese(name: str) -> None:
    said = Utility(["huying"]).fetch_command(name).create_parser("huying", name).format_help()
    assert said.startswith("用法：huying " + name)
    assert "show this help" not in said
    assert "--traceback" not in said


def test_an_unknown_command_or_option_is_answered_in_chinese(new_home, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        Utility(["huying"]).fetch_command("nothing")
    assert "没有“nothing”这个命令" in capsys.readouterr().err
    wrong = new_home("h").run("serve", "--nothing")
    assert (wrong.returncode, "选项有误" in wrong.stderr) == (2, True)


# --- init ---------------------------------------------------------------------------------------------------------------


def test_founding_makes_keys_three_administrators_and_a_recovery_sheet(founded: Home) -> None:
    assert founded.select(COUNT) == [(1, 3)]
    roles = founded.select("SELECT role FROM org_post ORDER BY role")
    assert roles == [("audit_admin",), ("security_admin",), ("system_admin",)]
    for name in ("huying-keys.json", "secret"):
        assert stat.S_IMODE((founded.folder / "keys" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(founded.folder.stat().st_mode) == 0o700
    (sheet,) = founded.folder.glob("recovery-sheet-*.txt")
    text = sheet.read_text()
    assert "指纹" in text
    body = json.loads((founded.folder / "keys" / "huying-keys.json").read_text())
    assert body["keys"]["k1"] not in text
    assert body["salt"] not in text


def test_passwords_are_shown_once_work_and_must_be_changed(first_founded: First) -> None:
    home = first_founded.home
    passwords = dict(re.findall(r"登录名 (\S+)  初始密码 (\S+)", first_founded.said))
    kept = home.select("SELECT username, password, must_change_password FROM org_user")
    assert sorted(passwords) == sorted(username for username, _, _ in kept)
    for username, hashed, must_change in kept:
        assert check_password(passwords[username], hashed)
        assert must_change
        assert passwords[username] not in "".join(path.read_text() for path in home.folder.glob("*.txt"))


def test_founding_by_questions_after_a_refused_one(unfounded: Home) -> None:
    """Wrong answers are refused at once, ``<`` goes back, the whole is shown, and nothing is made before it is agreed to."""
    people = ["甲", "user.a", "甲", "乙", "A B", "user.b", "丙", "user.a", "user.c"]
    first = ["", "问打县总工会", "99", "<", "问答县总工会", "4", "<", "4", "", *people, "maybe", "n"]
    again = ["问答县总工会", "4", "问答", "甲", "user.a", "乙", "user.b", "丙", "user.c", "y"]
    done = unfounded.run("init", given="\n".join([*first, *again, "2，9", "2，2", "n"]) + "\n")
    assert done.returncode == 0, done.stderr
    for words in (
        "大约三分钟", "这一项必须填写", "请填前面的编号，1 到", "直接回车就是“问答县”", "“甲”已经担任另一员了", "登录名用小写字母",
        "登录名“user.a”已经用过了", "请填 y（是）或 n（否）", "请再看一遍", "从头再来一遍，什么都还没有建", "/desk/", "开始使用",
    ):  # fmt: skip
        assert words in done.stdout, words
    assert unfounded.select("SELECT name, level, short_name FROM org_unit") == [("问答县总工会", "county", "问答")]
    assert unfounded.select("SELECT code FROM mechanism_adoption") == [("mengyin-2017-21",)]


def test_founding_twice_is_refused(founded: Home) -> None:
    done = founded.run(*FOUNDING)
    assert done.returncode == 1
    assert "已经有数据" in done.stderr


def founding(**change: str | None) -> list[str]:
    """The options of founding with some answers changed or left out."""
    given = dict(zip(FOUNDING[2::2], FOUNDING[3::2], strict=True))
    given |= {"--" + name.replace("_", "-"): value for name, value in change.items()}
    return ["--no-input", *(part for name, value in given.items() if value for part in (name, value))]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": None}, "缺少：组织名称"),
        ({"audit_admin": "管理甲:other"}, "三个不同的人"),
        ({"audit_admin": "管理丙"}, "姓名:登录名"),
    ],
)
@pytest.mark.django_db
def test_founding_refuses_incomplete_answers_before_making_anything(
    change, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "prepare_home", lambda **_: pytest.fail("the home was touched"))
    with pytest.raises((CommandError, Refused), match=said):
        call_command("init", *founding(**change))


def test_a_refused_founding_leaves_nothing_in_the_way(first_refused: First, unfounded: Home) -> None:
    assert "没有这个机制包" in first_refused.refused
    assert "登录名" in unfounded.run("init", *founding(system_admin="管理甲:A B")).stderr
    assert unfounded.select(COUNT) == [(0, 0)]


# --- check --------------------------------------------------------------------------------------------------------------


def test_the_doctor_names_what_is_wrong_and_how_to_mend_it(founded: Home) -> None:
    (founded.folder / "keys" / "huying-keys.json").chmod(0o644)
    done = founded.run("check")
    assert done.returncode == 1
    assert "【有问题】后台任务已停止" in done.stdout
    assert "chmod go=" in done.stdout
    assert "【正常】数据库结构是最新的" in done.stdout


def test_the_doctor_survives_an_empty_home(new_home) -> None:
    home = new_home("h")
    home.folder.mkdir()
    done = home.run("check")
    assert done.returncode == 1
    assert "huying init" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_doctor_reports_damaged_keys(founded: Home) -> None:
    (founded.folder / "keys" / "huying-keys.json").write_text('{"current": "k1", "keys": {}, "salt": ""}')
    done = founded.run("check", "--quiet")
    assert "密钥文件读不出来" in done.stdout
    assert "不要新建密钥" in done.stdout
    assert "【正常】" not in done.stdout


# --- serve --------------------------------------------------------------------------------------------------------------


def test_serve_refuses_without_keys_and_with_an_old_database(new_home, founded: Home) -> None:
    empty = new_home("empty").run("serve", "--port", str(free_port()))
    assert (empty.returncode, "没有找到密钥文件" in empty.stderr) == (1, True)
    founded.change("DELETE FROM django_migrations WHERE app = 'notices'")
    old = founded.run("serve", "--port", str(free_port()))
    assert (old.returncode, "huying upgrade" in old.stderr) == (1, True)


def test_serve_answers_works_in_the_background_and_ends_cleanly(founded: Home) -> None:
    port = free_port()
    process = founded.start("serve", "--port", str(port))
    try:
        assert "呼应已启动" in process.stdout.readline()
        assert _get(f"http://127.0.0.1:{port}/accounts/login/") == 200
        until(lambda: founded.select(BEATS) == [(1,)])
        assert founded.run("check", "--quiet").returncode == 0
    finally:
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=60)[0]
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", port)) != 0
    assert founded.select(BEATS) == [(0,)]


def test_a_port_another_site_shares_is_refused_before_anything_is_done(founded: Home, new_home) -> None:
    """The web server would share it, and every second visitor would meet the other installation."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        demo = new_home("demo")
        for home, command in ((founded, "serve"), (demo, "demo")):
            said = home.run(command, "--port", port)
            assert said.returncode == 1
            assert f"端口 {port} 已经有程序在用" in said.stderr
            assert "--port" in said.stderr
            assert "Traceback" not in said.stderr
        assert not (demo.folder / "keys").exists()


def _get(address: str) -> int:
    """Ask until the site listens; its own answer, whatever it is, counts."""
    pause = threading.Event()
    for _ in range(400):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (urllib.error.URLError, ConnectionError):
            pause.wait(0.05)
    return 0


# --- backup and restore -------------------------------------------------------------------------------------------------


def test_data_and_keys_are_apart(first_saved: tuple[Path, Path], founded: Home, tmp_path: Path) -> None:
    data, keys = first_saved
    with tarfile.open(data) as archive:
        names = archive.getnames()
    assert "files/ab/abc" in names
    assert not [name for name in names if "keys" in name or "secret" in name]
    with tarfile.open(keys) as archive:
        assert archive.getnames() == ["huying-keys.json", "secret"]
    for path in first_saved:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = founded.run("backup", "--data-only", "--to", str(tmp_path / "second"))
    assert again.returncode == 0
    assert [path.name[-12:] for path in (tmp_path / "second").iterdir()] == ["-data.tar.gz"]


def test_a_backup_comes_back_in_another_home(first_saved: tuple[Path, Path], new_home) -> None:
    other = new_home("other")
    done = other.run("restore", str(first_saved[0]), "--keys", str(first_saved[1]))
    assert done.returncode == 0, done.stderr
    assert other.select(COUNT) == [(1, 3)]
    assert (other.folder / "files" / "ab" / "abc").read_bytes() == b"sealed bytes"
    assert "【有问题】密钥" not in other.run("check").stdout
    verify = "from huying.trail.reads import verify; print(verify())"
    assert other.ask(verify) == "[]"


def test_restoring_over_data_is_refused_and_forced_only_by_setting_it_aside(first_saved, founded: Home) -> None:
    founded.change("UPDATE org_unit SET name = '后来改的名'")
    refused = founded.run("restore", str(first_saved[0]))
    assert (refused.returncode, "已经有数据" in refused.stderr) == (1, True)
    forced = founded.run("restore", str(first_saved[0]), "--force")
    assert forced.returncode == 0, forced.stderr
    assert founded.select("SELECT name FROM org_unit") == [("测试县总工会",)]
    assert len(list(founded.folder.glob("before-restore-*/*"))) >= 2


def test_a_running_installation_is_not_restored_over(first_saved, founded: Home) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S+00:00}"
    now = now if "DATABASE_URL" in founded.env else now[:19]  # as Django writes it
    founded.change(f"INSERT INTO kernel_beat (worker, started_at, at) VALUES ('w', '{now}', '{now}')")
    done = founded.run("restore", str(first_saved[0]), "--force")
    assert (done.returncode, "正在运行" in done.stderr) == (1, True)


ERASE = """
from django.core.management import call_command
from django.utils import timezone
from huying.kernel.models import DataKey
from huying.org.models import Unit
from huying.privacy.acts import destroy_key
key = DataKey.fresh(timezone.now())
call_command("backup", to=Path({disk!r}), data_only=True)
destroy_key(key=key, root=Unit.objects.get(), why="asked", at=timezone.now())
"""


def test_what_was_erased_stays_erased_after_a_restore(founded: Home, tmp_path: Path) -> None:
    founded.ask("from pathlib import Path" + ERASE.format(disk=str(tmp_path / "disk")))
    (data,) = (tmp_path / "disk").glob("*-data.tar.gz")
    done = founded.run("restore", str(data), "--force")
    assert done.returncode == 0, done.stderr
    assert "再次删除了 1 份" in done.stdout
    assert founded.select("SELECT count(*), count(wrapped) FROM kernel_datakey") == [(1, 0)]


def test_foreign_keys_and_damaged_archives_are_refused(first_saved, founded: Home, new_home, tmp_path: Path) -> None:
    data, keys = first_saved
    (founded.folder / "keys" / "huying-keys.json").unlink()
    write_keyring(new_keyring(), founded.folder / "keys" / "huying-keys.json")
    foreign = founded.run("restore", str(data), "--force")
    assert (foreign.returncode, "不是一套" in foreign.stderr) == (1, True)
    empty = new_home("empty")
    without = empty.run("restore", str(data))
    assert (without.returncode, "--keys" in without.stderr) == (1, True)
    cut = tmp_path / "cut-data.tar.gz"
    shutil.copy(data, cut)
    with cut.open("r+b") as file:
        file.truncate(cut.stat().st_size // 2)
    damaged = empty.run("restore", str(cut), "--keys", str(keys))
    assert (damaged.returncode, "不是完整的数据备份" in damaged.stderr) == (1, True)
    assert founded.select(COUNT) == [(1, 3)]


def test_an_archive_that_reaches_outside_is_refused(new_home, tmp_path: Path) -> None:
    evil = tmp_path / "evil-data.tar.gz"
    with tarfile.open(evil, "w:gz") as archive:
        member = tarfile.TarInfo("../outside")
        archive.addfile(member)
    done = new_home("h").run("restore", str(evil))
    assert done.returncode == 1
    assert "不是完整的数据备份" in done.stderr


# --- clauses ------------------------------------------------------------------------------------------------------------


def test_clauses_are_read_from_marks_on_functions_classes_modules_and_cases(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_a.py").write_text(
        "import pytest\npytestmark = pytest.mark.clause('A-1')\n"
        "@pytest.mark.clause('A-2', 'A-3')\ndef test_x(): pass\n"
        "@pytest.mark.clause('A-4')\nclass TestY:\n    def test_z(self): pass\n"
        "@pytest.mark.parametrize('n', [pytest.param(1, marks=pytest.mark.clause('A-5'))])\ndef test_p(n): pass\n"
    )
    found = clauses(folder)
    assert found["A-1"] == ["tests/test_a.py::TestY::test_z", "tests/test_a.py::test_p", "tests/test_a.py::test_x"]
    assert found["A-2"] == found["A-3"] == ["tests/test_a.py::test_x"]
    assert found["A-4"] == ["tests/test_a.py::TestY::test_z"]
    assert found["A-5"] == ["tests/test_a.py::test_p"]


def test_clauses_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("clauses", json=True)
    assert isinstance(json.loads(capsys.readouterr().out), dict)
