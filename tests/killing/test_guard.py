"""A worker that a test started does not outlive it, however the test ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEST = """
import subprocess, time
from tests.killing.guard import Guard

guard = Guard()
for seconds in ("61", "62"):
    worker = subprocess.Popen(["sleep", seconds], stdout=subprocess.DEVNULL, start_new_session=True)
    guard.watch([worker.pid])
    print(worker.pid, flush=True)
time.sleep(60)
"""


def runs(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_test_that_is_killed_takes_what_runs_now_with_it():
    test = subprocess.Popen([sys.executable, "-c", TEST], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert test.stdout
    before, now = (int(test.stdout.readline()) for _ in range(2))
    assert runs(now)

    test.kill()
    test.communicate()
    until = time.monotonic() + 10
    while runs(now) and time.monotonic() < until:
        time.sleep(0.05)

    assert (runs(before), runs(now)) == (True, False)
    os.kill(before, signal.SIGKILL)
