"""Compares our sync with a floor and with dlt, in one run on one machine, and prints the tables that README.md keeps.

Needs PostgreSQL: the server of DATABASE_URL, on which it makes a database for each pair of passes and drops it again.
Ends with 1 where a fact is wrong: a call too many, or a record written that did not change. Speeds are printed, not
judged.
"""

import argparse
import sys

import connectors
from tests.benchmarks import comparing, telling
from tests.benchmarks.measuring import PEER


def arguments() -> argparse.ArgumentParser:
    """What a run can be asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--people", type=int, default=50_000, help="candidates of each account")
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--large", type=int, default=200_000, help="candidates of the account for memory; 0 for none")
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured; the quickest counts")
    parser.add_argument("--only", choices=list(connectors.REGISTRY), help="one provider")
    parser.add_argument("--alone", action="store_true", help="without dlt")
    parser.add_argument("--keep", action="store_true", help="write the tables into README.md")
    return parser


def main() -> int:
    """Measure, print, judge the facts."""
    asked = arguments().parse_args()
    accounts = []
    for slug in [asked.only] if asked.only else connectors.REGISTRY:
        who = ["floor", "atsbridge", *([] if asked.alone or not PEER.exists() else ["dlt"])]
        account = comparing.compared(slug, asked.jobs, asked.people, who, asked.repeat)
        if asked.large:
            account.large = comparing.large(slug, asked.jobs, asked.large)
        accounts.append(account)
    said = telling.tables(accounts)
    print(said)
    if asked.keep:
        telling.keep(said, asked)
    wrong = [each for account in accounts for each in account.wrong()]
    print(
        "\n".join(["", *wrong])
        if wrong
        else "\nNo fact is wrong: calls as calls.py allows them, and an unchanged account is not written."
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
