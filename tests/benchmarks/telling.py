"""The tables of a run, as text and as Markdown alike, and README.md, which keeps the last."""

import os
import platform
from argparse import Namespace
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.comparing import Account

README = Path(__file__).with_name("README.md")
MARK = "<!-- The last run; `--keep` writes it. -->"
SPEED = (
    "account",
    "pass",
    "who",
    "rows/s",
    "of the floor",
    "CPU s per 1,000 rows",
    "most memory, MiB",
    "rows or records written",
)
CALLS = ("account", "what", "calls", "the least")
MEMORY = ("account", "candidates", "most memory, MiB")


def tables(accounts: list[Account]) -> str:
    """Speed, calls and memory."""
    return "\n\n".join(
        [
            table(SPEED, (row for account in accounts for row in speed(account))),
            table(CALLS, ((a.slug, what, *counts[:2]) for a in accounts for what, counts in a.calls.items())),
            table(MEMORY, (row for account in accounts for row in memory(account))),
        ]
    )


def speed(account: Account) -> Iterable[tuple[Any, ...]]:
    """Each pass of each, beside the floor's same pass."""
    for (who, which), spent in sorted(account.passes.items(), key=lambda each: each[0][1]):
        floor = account.passes["floor", which]
        yield (
            f"{account.slug}, {account.rows:,} rows",
            which,
            who,
            f"{account.rows / spent.seconds:,.0f}",
            f"{floor.seconds / spent.seconds:.2f}",
            f"{spent.cpu * 1000 / account.rows:.3f}",
            f"{spent.peak_mib:.0f}",
            f"{spent.facts.get('written', '–'):,}" if "written" in spent.facts else "–",
        )


def memory(account: Account) -> Iterable[tuple[Any, ...]]:
    """The syncing process at one size and at another."""
    yield account.slug, f"{account.people:,}", f"{account.passes['atsbridge', 'first'].peak_mib:.0f}"
    if account.large:
        people, spent = account.large
        yield account.slug, f"{people:,}", f"{spent.peak_mib:.0f}"


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A Markdown table whose columns line up."""
    lines = [[str(cell) for cell in line] for line in (head, *rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in lines
    )


def keep(said: str, asked: Namespace) -> None:
    """Put the tables into README.md, with the machine and the command."""
    given = " ".join(
        f"--{name} {value}" for name, value in vars(asked).items() if name in ("people", "jobs", "large", "repeat")
    )
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory_gib:.0f} GiB, Python {platform.python_version()}"
    when = datetime.now(UTC).strftime("%d %B %Y")
    above = README.read_text().partition(MARK)[0]
    README.write_text(f'{above}{MARK}\n\n{when}, {machine}: `make bench ARGS="{given}"`\n\n{said}\n')
