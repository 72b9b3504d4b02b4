"""The demo as a process: started as `make demo` starts it, on free ports and with a folder of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.conf import settings

from atsbridge.demo import PASSWORD, environment, ports

__all__ = ["PASSWORD", "Demo"]


@dataclass(frozen=True)
class Demo:
    """A demo that has said how to get in. `said` is its screen."""

    process: subprocess.Popen[str]
    folder: Path
    port: int
    said: str

    @classmethod
    def started(cls, folder: Path, *words: str, port: int = 0) -> "Demo":
        """Start one and wait for its screen."""
        port = port or free_ports()
        process = launched(folder, *words, port=port)
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        else:
            raise AssertionError(f"The demo did not start: {''.join(lines)} {process.communicate()}")
        return cls(process, folder, port, "".join(lines))

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def homerun(self) -> str:
        """Where the emulated Homerun is."""
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def homerun_key(self) -> str:
        """The key to paste for it."""
        return self._printed(r"with the key\s+(\S+)")[0]

    @property
    def cats_key(self) -> str:
        """The other one's."""
        return self._printed(r"CATS has the key (\S+)\)")[0]

    @property
    def curl(self) -> tuple[str, ...]:
        """The printed command, as a shell takes it apart."""
        return self._printed(r'curl -H "(.*)" \\\n\s+"(.*)"')

    def _printed(self, words: str) -> tuple[str, ...]:
        found = re.search(words, self.said)
        assert found is not None, self.said
        return found.groups()

    def fail(self, **fault: object) -> None:
        """Have the emulated Homerun misbehave."""
        httpx.post(f"{self.homerun}/_emulator/faults", json=fault).raise_for_status()

    def tenant(self, name: str, owner: str) -> str:
        """Make a tenant as its operator does. Returns its owner's link."""
        done = subprocess.run(
            [sys.executable, "manage.py", "tenant", name, "--owner", owner],
            cwd=settings.BASE_DIR,
            env=os.environ | environment(self.folder, ports(self.port)),
            capture_output=True,
            text=True,
            check=True,
        )
        link: str = json.loads(done.stdout.splitlines()[-1])["link"]
        return link

    def stop(self, number: int = signal.SIGINT) -> int:
        """Interrupt it. Returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


def launched(folder: Path, *words: str, port: int) -> subprocess.Popen[str]:
    """The process alone."""
    return subprocess.Popen(
        [sys.executable, "-m", "atsbridge.demo", "--port", str(port), "--folder", str(folder), *words],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_ports() -> int:
    """The first of three ports in a row that nobody has; below those that a machine gives to its own calls."""
    for first in range(20_000 + os.getpid() % 10_000, 32_000, 3):
        if all(_free(first + place) for place in range(3)):
            return first
    raise AssertionError("There are no three free ports in a row")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
