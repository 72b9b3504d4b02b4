"""What one pass cost, and processes that measure themselves: each prints one JSON object as its last line."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / ".run/bench/bin/python"
"""The interpreter of what we are compared with, installed on demand: `make bench`."""


@dataclass(slots=True)
class Spent:
    """One pass: seconds on the clock, CPU seconds of its process, the most memory it held, facts about what it did."""

    seconds: float = 0
    cpu: float = 0
    peak_mib: float = 0
    facts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def measured() -> Iterator[Spent]:
    """Measure a block of this process; the clock starts after all imports."""
    spent = Spent()
    begun, used = time.perf_counter(), _cpu()
    yield spent
    spent.seconds, spent.cpu = time.perf_counter() - begun, _cpu() - used
    spent.peak_mib = peak()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak() -> float:
    """The most memory that this process ever held, in MiB; its own, not that of the process it was forked from."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def tell(spent: Spent) -> None:
    """Print what was measured, for the process that asked."""
    print(json.dumps(asdict(spent)), flush=True)


def run(module: str, asked: dict[str, Any], *, python: str = sys.executable, **environment: str) -> Spent:
    """Run a module of this folder in a process of its own; `asked` is its standard input."""
    done = subprocess.run(
        [python, "-m", f"tests.benchmarks.{module}"],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    return Spent(**json.loads(done.stdout.splitlines()[-1]))
