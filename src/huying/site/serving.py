"""Web and worker as two child processes of one: started together, watched, ended together."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Refused
from huying.kernel.jobs import WorkerProcess
from huying.mechanism import acts as mechanism
from huying.site.doctor import require_ready

PATIENCE = 30.0  # seconds a child is given to end what it has in hand
RESTART_PAUSE = 5.0
STARTED = 10.0  # seconds after which a web process that died had been serving; before, it could not begin
PR_SET_PDEATHSIG = 1


def work() -> None:
    """Run the background worker in this process until SIGTERM or SIGINT."""
    require_ready()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    WorkerProcess(stop).run()


def web_command(host: str, port: int) -> list[str]:
    """How the web is started.  One process, so that counters against guessing hold for the whole site."""
    return [sys.executable, "-m", "huying.site.web", host, str(port)]


def worker_command() -> list[str]:
    """How the worker is started."""
    return [sys.executable, "-m", "huying.site.cli", "worker"]


def _ends_with_parent() -> Callable[[], None] | None:
    """On Linux a child gets SIGTERM when this process is killed, so nothing is left holding the port."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Starts web and worker, restarts what died, ends both on SIGTERM or SIGINT."""

    def __init__(self, host: str, port: int, say: Callable[[str], object]) -> None:
        self.commands = {"web": web_command(host, port), "worker": worker_command()}
        self.say = say
        self.stopping = threading.Event()
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, float] = {}

    def run(self) -> int:
        """Serve until told to stop.  Returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        for name in self.commands:
            self._start(name)
        code = 0
        while not self.stopping.wait(0.5):
            web = self.children["web"].poll()
            if web is not None and time.monotonic() - self.started["web"] < STARTED:
                self.say(f"网站启动不了（退出码 {web}）。请看日志里写了什么，再重新启动。")
                code = 1
                break
            if web is not None:
                self._again("web", f"网站意外停止（退出码 {web}），正在重新启动。")
            if self.children["worker"].poll() is not None:
                self._again("worker", "后台任务意外停止，正在重新启动。")
        self._end()
        return code

    def _again(self, name: str, words: str) -> None:
        self.say(words)
        if not self.stopping.wait(RESTART_PAUSE if name == "worker" else 0):
            self._start(name)

    def _start(self, name: str) -> None:
        self.started[name] = time.monotonic()
        self.children[name] = subprocess.Popen(
            self.commands[name],
            env=os.environ | {"HUYING_PROCESS": name},  # each keeps a log of its own
            preexec_fn=_ends_with_parent(),  # noqa: PLW1509  (no other thread runs here)
            start_new_session=True,  # Ctrl+C reaches this process only, which then ends both in order
        )

    def _end(self) -> None:
        """Ask both to end, wait, and only then insist."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + PATIENCE
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def require_free(host: str, port: int) -> None:
    """``Refused`` when somebody listens there already.  The web server would share the port without a word, and every second
    visitor of a union would find himself in the other installation."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "已经有程序在用（可能是先前启动的呼应还开着）" if taken else f"打不开（{error.strerror}）"
        raise Refused(f"端口 {port} {why}。", "请先关掉它，或者用 --port 换一个端口。") from None


def serve(host: str, port: int, say: Callable[[str], object]) -> int:
    """Check that the installation is ready, bring shipped packs and the calendar up to date, then serve."""
    require_ready()
    require_free(host, port)
    mechanism.prepare(by=SYSTEM, at=timezone.now())
    connection.close()
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    say(f"呼应已启动：http://{host}:{port}/    按 Ctrl+C 结束。")
    return Supervisor(host, port, say).run()
