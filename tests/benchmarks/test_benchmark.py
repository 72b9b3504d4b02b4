"""The benchmark itself, at a small size: every table comes out, and every call was needed. No speed is judged here."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import connectors

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--people", "120", "--jobs", "8", "--large", "0", "--repeat", "1", "--alone"]


def tables(said: str) -> list[list[list[str]]]:
    """Every Markdown table of a text: its rows as cells, the head first."""
    found = [block.splitlines() for block in said.split("\n\n") if block.startswith("|")]
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "---" not in line]
        for lines in found
    ]


@pytest.mark.postgres
@pytest.mark.parametrize("slug", [*connectors.REGISTRY])
def test_the_benchmark_says_how_fast_it_is_and_needs_no_call_too_many(slug):
    command = [sys.executable, "-m", "tests.benchmarks", "--only", slug, *SMALL]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 0, done.stdout
    speed, calls, memory = tables(done.stdout)
    first = [("first", "floor"), ("first", "atsbridge"), ("first", "its rows alone")]
    passes = [*first, ("unchanged", "floor"), ("unchanged", "atsbridge")]
    assert [(row[1], row[2]) for row in speed[1:]] == passes
    assert all(re.fullmatch(r"[\d,]+", row[3]) and re.fullmatch(r"\d+\.\d\d", row[4]) for row in speed[1:])
    assert [row[7] == "0" for row in speed[1:]] == [False, False, False, True, True]
    assert [row[1].partition(" ")[0] for row in calls[1:]] == ["the", "a", "opening"]
    assert [row[2:] for row in calls[1::2]] == [[row[3], row[3]] for row in calls[1::2]]  # the hour may take a few more
    assert [row[:2] for row in memory[1:]] == [[slug, "120"]]
