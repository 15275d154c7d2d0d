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
from collections.abc import Callable
from pathlib import Path

import pytest

from huying.site.clauses import clauses
from tests.site.conftest import FOUNDING, Home

COUNT = "from huying.org.models import Unit, User; print(Unit.objects.count(), User.objects.count())"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


# --- help ---------------------------------------------------------------------------------------------------------------


def test_help_is_chinese_and_lists_our_commands_only(new_home) -> None:
    said = new_home("h").run().stdout
    for name in ("demo", "init", "serve", "check", "backup", "restore", "import", "export", "worker", "clauses"):
        assert re.search(rf"^  {name} +\S", said, re.M), name
    assert "makemessages" not in said


@pytest.mark.parametrize("name", ["init", "serve", "check", "backup", "restore", "worker", "clauses"])
def test_each_command_explains_itself_in_chinese(new_home, name: str) -> None:
    done = new_home("h").run(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("用法：huying " + name)
    assert "show this help" not in done.stdout
    assert "--traceback" not in done.stdout


def test_an_unknown_command_or_option_is_answered_in_chinese(new_home) -> None:
    home = new_home("h")
    unknown = home.run("nothing")
    assert (unknown.returncode, "没有“nothing”这个命令" in unknown.stderr) == (2, True)
    wrong = home.run("serve", "--nothing")
    assert (wrong.returncode, "选项有误" in wrong.stderr) == (2, True)


# --- init ---------------------------------------------------------------------------------------------------------------


def test_founding_makes_keys_three_administrators_and_a_recovery_sheet(founded: Home) -> None:
    assert founded.ask(COUNT) == "1 3"
    roles = "from huying.org.models import Post; print(*sorted(Post.objects.values_list('role', flat=True)))"
    assert founded.ask(roles) == "audit_admin security_admin system_admin"
    for name in ("huying-keys.json", "secret"):
        assert stat.S_IMODE((founded.folder / "keys" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(founded.folder.stat().st_mode) == 0o700
    (sheet,) = founded.folder.glob("recovery-sheet-*.txt")
    text = sheet.read_text()
    assert "指纹" in text
    body = json.loads((founded.folder / "keys" / "huying-keys.json").read_text())
    assert body["keys"]["k1"] not in text
    assert body["salt"] not in text


def test_passwords_are_shown_once_work_and_must_be_changed(new_home) -> None:
    home = new_home("h")
    said = home.run(*FOUNDING).stdout
    passwords = re.findall(r"登录名 (\S+)  初始密码 (\S+)", said)
    assert len(passwords) == 3
    name, password = passwords[0]
    asked = f"from huying.org.models import User; u = User.objects.get(username={name!r}); "
    assert home.ask(asked + f"print(u.check_password({password!r}), u.must_change_password)") == "True True"
    assert password not in "".join(path.read_text(errors="replace") for path in home.folder.glob("*.txt"))


def test_founding_by_questions(new_home) -> None:
    home = new_home("h")
    people = ["甲", "user.a", "乙", "user.b", "丙", "user.c"]
    answers = ["", "问答县总工会", "99", "4", "问答", *people, *["y"] * 9]
    done = home.run("init", given="\n".join(answers) + "\n")
    assert done.returncode == 0, done.stderr
    asked = (
        "from huying.org.models import Unit; u = Unit.objects.get(); print(u.name, u.level, u.adoptions.count() > 0)"
    )
    assert home.ask(asked) == "问答县总工会 county True"


def test_founding_twice_is_refused(founded: Home) -> None:
    done = founded.run(*FOUNDING)
    assert done.returncode == 1
    assert "已经有数据" in done.stderr


def founding(**change: str | None) -> list[str]:
    """The founding command with some answers changed or left out."""
    given = dict(zip(FOUNDING[2::2], FOUNDING[3::2], strict=True))
    given |= {"--" + name.replace("_", "-"): value for name, value in change.items()}
    return ["init", "--no-input", *(part for name, value in given.items() if value for part in (name, value))]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": None}, "缺少：组织名称"),
        ({"audit_admin": "管理甲:other"}, "三个不同的人"),
        ({"audit_admin": "管理丙"}, "姓名:登录名"),
    ],
)
def test_founding_refuses_incomplete_answers_before_making_anything(new_home, change, said: str) -> None:
    home = new_home("h")
    done = home.run(*founding(**change))
    assert done.returncode == 1
    assert said in done.stderr
    assert not home.folder.exists()


def test_a_refused_founding_leaves_nothing_in_the_way(new_home) -> None:
    home = new_home("h")
    assert "没有这个机制包" in home.run(*founding(pack="no-such-pack")).stderr
    assert "登录名" in home.run(*founding(system_admin="管理甲:A B")).stderr
    assert home.ask(COUNT) == "0 0"
    assert home.run(*FOUNDING).returncode == 0


# --- check --------------------------------------------------------------------------------------------------------------


def test_the_doctor_names_what_is_wrong_and_how_to_mend_it(founded: Home) -> None:
    (founded.folder / "keys" / "huying-keys.json").chmod(0o644)
    done = founded.run("check")
    assert done.returncode == 1
    assert "【有问题】后台任务已停止" in done.stdout
    assert "chmod go=" in done.stdout
    assert "【正常】数据库结构是最新的" in done.stdout
    quiet = founded.run("check", "--quiet").stdout
    assert "【正常】" not in quiet


def test_the_doctor_survives_an_empty_home(new_home) -> None:
    home = new_home("h")
    home.folder.mkdir()
    done = home.run("check")
    assert done.returncode == 1
    assert "huying init" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_doctor_reports_damaged_keys(founded: Home) -> None:
    (founded.folder / "keys" / "huying-keys.json").write_text('{"current": "k1", "keys": {}, "salt": ""}')
    done = founded.run("check")
    assert "密钥文件读不出来" in done.stdout
    assert "不要新建密钥" in done.stdout


# --- serve --------------------------------------------------------------------------------------------------------------


def test_serve_refuses_without_keys_and_with_an_old_database(new_home, founded: Home) -> None:
    empty = new_home("empty").run("serve", "--port", str(free_port()))
    assert (empty.returncode, "没有找到密钥文件" in empty.stderr) == (1, True)
    assert founded.run("migrate", "notices", "zero").returncode == 0
    old = founded.run("serve", "--port", str(free_port()))
    assert (old.returncode, "huying migrate" in old.stderr) == (1, True)


def test_serve_answers_works_in_the_background_and_ends_cleanly(founded: Home) -> None:
    port = free_port()
    process = founded.start("serve", "--port", str(port))
    try:
        assert "呼应已启动" in process.stdout.readline()
        assert _get(f"http://127.0.0.1:{port}/accounts/login/") == 200
        assert _until(lambda: founded.run("check", "--quiet").returncode == 0)
    finally:
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=60)[0]
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", port)) != 0
    assert "后台任务已停止" in founded.run("check").stdout


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


def _until(holds: Callable[[], bool]) -> bool:
    return any(holds() for _ in range(10))


# --- backup and restore -------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(founded: Home, tmp_path: Path) -> tuple[Path, Path]:
    (founded.folder / "files" / "ab").mkdir(parents=True)
    (founded.folder / "files" / "ab" / "abc").write_bytes(b"sealed bytes")
    done = founded.run("backup", "--to", str(tmp_path / "disk"))
    assert done.returncode == 0, done.stderr
    (data,), (keys,) = (tmp_path / "disk").glob("*-data.tar.gz"), (tmp_path / "disk").glob("*-keys.tar")
    return data, keys


def test_data_and_keys_are_apart(saved: tuple[Path, Path], founded: Home) -> None:
    data, keys = saved
    with tarfile.open(data) as archive:
        names = archive.getnames()
    assert "files/ab/abc" in names
    assert not [name for name in names if "keys" in name or "secret" in name]
    with tarfile.open(keys) as archive:
        assert archive.getnames() == ["huying-keys.json", "secret"]
    for path in saved:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = founded.run("backup", "--data-only", "--to", str(data.parent / "second"))
    assert again.returncode == 0
    assert [path.name[-12:] for path in (data.parent / "second").iterdir()] == ["-data.tar.gz"]


def test_a_backup_comes_back_in_another_home(saved: tuple[Path, Path], new_home) -> None:
    other = new_home("other")
    done = other.run("restore", str(saved[0]), "--keys", str(saved[1]))
    assert done.returncode == 0, done.stderr
    assert other.ask(COUNT) == "1 3"
    assert (other.folder / "files" / "ab" / "abc").read_bytes() == b"sealed bytes"
    assert "【有问题】密钥" not in other.run("check").stdout
    verify = "from huying.trail.reads import verify; print(verify())"
    assert other.ask(verify) == "[]"


def test_restoring_over_data_is_refused_and_forced_only_by_setting_it_aside(saved, founded: Home) -> None:
    founded.ask("from huying.org.models import Unit; Unit.objects.update(name='后来改的名')")
    refused = founded.run("restore", str(saved[0]))
    assert (refused.returncode, "已经有数据" in refused.stderr) == (1, True)
    forced = founded.run("restore", str(saved[0]), "--force")
    assert forced.returncode == 0, forced.stderr
    assert founded.ask("from huying.org.models import Unit; print(Unit.objects.get().name)") == "测试县总工会"
    assert len(list(founded.folder.glob("before-restore-*/*"))) >= 2


def test_a_running_installation_is_not_restored_over(saved, founded: Home) -> None:
    alive = "from django.utils import timezone; from huying.kernel.jobs import beat; beat('w', timezone.now())"
    founded.ask(alive)
    done = founded.run("restore", str(saved[0]), "--force")
    assert (done.returncode, "正在运行" in done.stderr) == (1, True)


def test_what_was_erased_stays_erased_after_a_restore(founded: Home, tmp_path: Path) -> None:
    make = "from django.utils import timezone; from huying.kernel.models import DataKey; print(DataKey.fresh(timezone.now()).pk)"
    key = founded.ask(make)
    assert founded.run("backup", "--to", str(tmp_path / "disk")).returncode == 0
    erase = (
        "from django.utils import timezone; from huying.kernel.models import DataKey; from huying.org.models import Unit; "
        "from huying.privacy.acts import destroy_key; "
        f"destroy_key(key=DataKey.objects.get(pk='{key}'), root=Unit.objects.get(), why='asked', at=timezone.now())"
    )
    founded.ask(erase)
    (data,) = (tmp_path / "disk").glob("*-data.tar.gz")
    done = founded.run("restore", str(data), "--force")
    assert done.returncode == 0, done.stderr
    assert "再次删除了 1 份" in done.stdout
    assert (
        founded.ask(f"from huying.kernel.models import DataKey; print(DataKey.objects.get(pk='{key}').wrapped)")
        == "None"
    )


def test_foreign_keys_and_damaged_archives_are_refused(saved, new_home, tmp_path: Path) -> None:
    data, keys = saved
    stranger = new_home("stranger")
    assert stranger.run(*FOUNDING).returncode == 0
    foreign = stranger.run("restore", str(data), "--force")
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
    assert stranger.ask(COUNT) == "1 3"


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


def test_clauses_as_json(new_home) -> None:
    assert isinstance(json.loads(new_home("h").run("clauses", "--json").stdout), dict)
