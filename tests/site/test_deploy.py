"""What is handed to whoever runs the machine fits the program: options exist, units are well formed, proxies keep no log."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from huying.site.cli import HELP, Utility
from tests.house.source import PROJECT

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
WORKERS_TOO = {"NoNewPrivileges=yes", "UMask=0077", "ProtectSystem=strict", "Environment=HUYING_HOME=/srv/huying/data"}


def _command(path: Path) -> list[str]:
    (line,) = re.findall(r"^ExecStart=(.+)$", path.read_text(), re.M)
    return shlex.split(line)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_the_command_of_a_unit_is_one_this_program_understands(path: Path) -> None:
    program, name, *options = _command(path)
    assert program == "/srv/huying/app/.venv/bin/huying"
    parser = Utility(["huying"]).fetch_command(name).create_parser("huying", name)
    parser.called_from_command_line = False  # a wrong option is an error here, no exit
    parser.parse_args(options)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_every_unit_runs_with_few_rights_on_the_same_home(path: Path) -> None:
    assert WORKERS_TOO - set(path.read_text().splitlines()) == set()


@pytest.mark.parametrize("path", [one for one in UNITS if one.suffix == ".timer"], ids=lambda path: path.stem)
def test_every_timer_has_its_service_and_catches_up(path: Path) -> None:
    assert path.with_suffix(".service") in SERVICES
    assert "Persistent=true" in path.read_text()


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    """The program it names does not lie there on this machine; everything else is looked at."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("no systemd on this machine")
    for path in UNITS:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.M)
        (tmp_path / path.name).write_text(text)
    done = subprocess.run(
        [verify, "verify", "--man=no", *(str(tmp_path / path.name) for path in UNITS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "huying" in line]
    assert ours == []


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_keeps_no_list_of_who_came_and_hides_the_counters(name: str) -> None:
    text = (DEPLOY / "proxy" / name).read_text()
    body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert body.count("access_log off") == body.count("server {")
    assert not re.search(r"^\s*log\b", body, re.M)
    assert "/metrics" in body
    assert "HUYING_BEHIND_PROXY=true" in text


def test_the_proxy_lets_through_what_the_product_takes() -> None:
    from huying.files.rules import MAX_BYTES, MAX_FILES

    for name in ("nginx.conf", "Caddyfile"):
        (size,) = re.findall(r"(?:client_max_body_size|max_size) (\d+)m", (DEPLOY / "proxy" / name).read_text(), re.I)
        assert int(size) * 1024**2 > MAX_BYTES * MAX_FILES


def test_every_command_of_the_help_has_its_line_in_operations() -> None:
    names = set(re.findall(r"^  ([a-z]+) +\S", HELP, re.M))
    told = (PROJECT / "docs" / "operations.md").read_text()
    assert {name for name in names if f"`huying {name}" not in told} == set()
