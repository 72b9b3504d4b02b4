"""The least calls that bring the same information, by tier, counted from the emulators' own truth.

A list gives at most 100 rows an answer, so a list of n rows takes ceil(n / 100) calls, and one where it is empty. A
complete run over an unchanged account takes every page again, for what was deleted shows nowhere else: no other calls,
and none for a record that did not change. A quiet hour is as many such runs as the schedule holds; without a rate limit
each of its runs is complete. What a detail adds costs its own address, once for a record opened.

spare: CATS is walked again by windows of known ids. The activities of client companies are none of ours, so nobody
knows theirs: a window may hold more than one answer and is then asked in two.
"""

import math
from collections.abc import Sized
from typing import Any

PAGE = 100
CUT = 25
"""CATS embeds at most so many; exactly so many may be a cut, which only the part's own list can tell."""


def pages(rows: Sized) -> int:
    """The calls for one list."""
    return max(1, math.ceil(len(rows) / PAGE))


def least(slug: str, emulator: Any) -> dict[str, Any]:
    """`{"lists": calls of a run, "spare": what a later one may add, "detail": {model: {id: calls}}}`."""
    return OF[slug](emulator)


def homerun(emulator: Any) -> dict[str, Any]:
    """Two lists. A detail is one call, files, answers and notes together."""
    vacancies = [job for job in emulator.jobs if job.status != "archived"]
    return {
        "lists": pages(vacancies) + pages(emulator.people),
        "spare": 0,
        "detail": {"candidate": {person.id: 1 for person in emulator.people[:5]}},
    }


def cats(emulator: Any) -> dict[str, Any]:
    """What stands beside the rows (the workflows too), then six lists, then every embed that may be cut.

    An account that keeps several companies (not "hr") also reads its jobs to learn whose departments to ask for.
    """
    account = emulator.account
    return {
        "lists": _beside(account)
        + sum(map(pages, (account.users, account.tags, account.jobs, account.candidates)))
        + sum(map(pages, (account.pipelines, account.activities)))
        + sum(_cut_of_candidate(person) for person in account.candidates.values())
        + sum(_cut_of_job(job) for job in account.jobs.values()),
        "spare": pages(account.activities),
        "detail": {
            "candidate": {
                str(person.id): 1 + pages(person.tags) + pages(person.files) + _cut_of_candidate(person)
                for person in list(account.candidates.values())[:5]
            },
            "job": {str(job.id): 1 + pages(job.files) + _cut_of_job(job) for job in list(account.jobs.values())[:5]},
        },
    }


def _beside(account: Any) -> int:
    """Site, workflows with their statuses, the statuses of jobs, both kinds of fields, portals with their jobs, and the
    departments of the own company."""
    of_candidates = [each for each in account.definitions.values() if each.owner == "candidate"]
    of_jobs = [each for each in account.definitions.values() if each.owner == "job"]
    departments = [each for each in account.departments.values() if each.company_id == account.company_id]
    return (
        1
        + pages(account.workflows)
        + sum(pages(workflow.statuses) for workflow in account.workflows.values())
        + pages(account.job_statuses)
        + pages(of_candidates)
        + pages(of_jobs)
        + pages(account.portals)
        + sum(pages(portal.jobs) for portal in account.portals.values())
        + pages(departments)
    )


def _cut_of_candidate(person: Any) -> int:
    return _cut(person.mails, person.phones, person.custom, person.history)


def _cut_of_job(job: Any) -> int:
    return _cut(job.custom, job.forms, *(form.questions for form in job.forms))


def _cut(*parts: Sized) -> int:
    return sum(pages(part) for part in parts if len(part) >= CUT)


OF = {"homerun": homerun, "cats": cats}
