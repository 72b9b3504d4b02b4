"""The processes of the demo: one group, which ends as a whole however the demo ends, by `kill -9` too."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any, Self

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
READY = 60.0
"""Seconds that a server has to answer."""
PATIENCE = 8
"""Seconds that everything has to end by itself."""

GUARD = f'trap "" INT TERM HUP; read gone; kill -TERM 0; sleep {PATIENCE}; kill -KILL 0'
"""Waits for the demo to close its end of a pipe, which happens at the latest when it is killed, and ends the group."""

Process = subprocess.Popen[bytes]


class Stopped(Exception):
    """The demo cannot go on; the message says why and what to do."""


class Servers:
    """What was started, each process with its log in the demo's folder."""

    environment: dict[str, str]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, Process] = {}

    def __enter__(self) -> Self:
        self.guard = subprocess.Popen(["/bin/sh", "-c", GUARD], stdin=subprocess.PIPE, process_group=0)
        return self

    def __exit__(self, *reason: object) -> None:
        until = time.monotonic() + PATIENCE
        try:
            for process in self.running.values():
                process.terminate()
            for process in self.running.values():
                process.wait(max(0.0, until - time.monotonic()))
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            pass  # whoever presses Ctrl-C twice does not want to wait
        os.killpg(self.guard.pid, signal.SIGKILL)  # whatever these left behind, and the guard
        for process in (*self.running.values(), self.guard):
            process.wait()

    def start(self, name: str, program: str, *words: str, stdout: int | None = None) -> Process:
        """Start a program of the environment; its output goes to its log."""
        with self._log(name) as log:
            self.running[name] = subprocess.Popen(
                [Path(sys.executable).parent / program, *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout or log,
                stderr=log,
                process_group=self.guard.pid,
            )
        return self.running[name]

    def emulator(self, slug: str, port: int, *words: str) -> Process:
        """Start an emulated ATS."""
        return self.start(
            slug, "python", "manage.py", "emulate", slug, "--port", str(port), *words, stdout=subprocess.PIPE
        )

    def said(self, process: Process) -> dict[str, Any]:
        """Wait for the JSON line that a process says once it serves."""
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise Stopped(f"An emulator did not start; its log in {self.folder} says why.")
        said: dict[str, Any] = json.loads(line)
        return said

    def manage(self, *words: str) -> str:
        """Run a command to its end. Returns what it said."""
        with self._log(words[0]) as log:
            done = subprocess.run(
                [sys.executable, "manage.py", *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                process_group=self.guard.pid,
                check=False,
                text=True,
            )
        if done.returncode:
            raise Stopped(f"manage.py {words[0]} failed; {self.folder / words[0]}.log says why.")
        return done.stdout

    def answers(self, address: str) -> None:
        """Wait until a page is served."""
        until = time.monotonic() + READY
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(address, timeout=READY):  # noqa: S310 (our own address)
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise Stopped(f"The web server does not answer; {self.folder / 'web.log'} says why.")

    def watch(self) -> int:
        """Wait until something ends, which nothing should."""
        while True:
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise Stopped(f"{name} ended; {self.folder / name}.log says why.")
            time.sleep(0.5)

    def _log(self, name: str) -> IO[bytes]:
        return (self.folder / f"{name}.log").open("ab")
