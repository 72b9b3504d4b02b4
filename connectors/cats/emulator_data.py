"""The emulated CATS account: a seed's account is always the same, and its first people are whatever its size."""

import random
from datetime import timedelta
from itertools import count

from connectors.cats import emulator_words as words
from connectors.cats.emulator_account import Account
from connectors.cats.emulator_crowd import candidate_of
from connectors.cats.emulator_dice import NOW, files, later, moment, note, values
from connectors.cats.emulator_triggers import Prerequisite, Trigger
from connectors.cats.emulator_truth import (
    Definition,
    Department,
    Form,
    Job,
    Named,
    Portal,
    Question,
    Status,
    User,
    Workflow,
)
from connectors.emulation_data import ImaginedJob, imagine_jobs, imagine_people


def imagine(seed: int, jobs: int, people: int, mode: str = "hr") -> Account:
    """An account with so many jobs and people."""
    account = Account(now=NOW, mode=mode)
    dice = random.Random(f"cats {seed}")  # noqa: S311 - imagination, not a secret
    _furnish(account)
    for imagined in imagine_jobs(seed, jobs):
        _job(account, dice, imagined)
    for person in imagine_people(seed, people):
        candidate_of(account, dice, person)
    return account


def _furnish(account: Account) -> None:
    """What stands in the account before its first job."""
    for number, (username, first, last, level) in enumerate(words.USERS):
        account.users[88012 + number] = User(88012 + number, username, first, last, level)
    account.tags = {70 + number: Named(70 + number, title) for number, title in enumerate(words.TAGS)}
    names = ("Acme Works", "Globex GmbH", "Initech & Sons")
    account.companies = {account.company_id + n: Named(account.company_id + n, name) for n, name in enumerate(names)}
    pairs = [(company, name) for company in account.companies for name in words.DEPARTMENTS]
    for number, (company, name) in enumerate(pairs):
        account.departments[5501 + number] = Department(5501 + number, company, name)
    for number, (title, mapping) in enumerate(words.JOB_STATUSES):
        account.job_statuses[60210 + number] = Status(60210 + number, 3001, title, mapping)
    _workflows(account)
    _definitions(account)
    for number, name in enumerate(("Career site", "Werken bij Acme")):
        account.portals[12 + number] = Portal(12 + number, name, NOW - timedelta(days=1500))


def _workflows(account: Account) -> None:
    for number, (title, statuses) in enumerate(words.WORKFLOWS):
        workflow = Workflow(3105 + number, title, number == 0, NOW - timedelta(days=900))
        first = 70301 + number * 100
        workflow.statuses = [
            Status(first + n, workflow.id, name, mapping) for n, (name, mapping) in enumerate(statuses)
        ]
        account.workflows[workflow.id] = workflow
    _equip(account)


def _equip(account: Account) -> None:
    """Give statuses what they do by themselves and what they ask for."""
    numbers = count(120)
    for workflow in account.workflows.values():
        for status in workflow.statuses:
            key = (workflow.title, status.title)
            status.triggers = [Trigger(next(numbers), *row) for row in words.TRIGGERS.get(key, ())]
            status.prerequisites = [Prerequisite(next(numbers), *row) for row in words.PREREQUISITES.get(key, ())]


def _definitions(account: Account) -> None:
    for number, (owner, name, kind, options) in enumerate(words.FIELDS):
        selections = {900 + number * 10 + place: label for place, label in enumerate(options)}
        account.definitions[250001 + number] = Definition(250001 + number, owner, name, kind, selections)


# Jobs


def _job(account: Account, dice: random.Random, imagined: ImaginedJob) -> None:
    number = imagined.number
    created = moment(dice, 700)
    company = account.company_id if account.mode == "hr" else account.company_id + number % len(account.companies)
    departments = [None, *(found.id for found in account.departments.values() if found.company_id == company)]
    users = list(account.users)
    job = Job(
        id=next(account.job_ids),
        title=imagined.title,
        description=imagined.description,
        city=imagined.city,
        state=imagined.region,
        postal_code=imagined.postal_code,
        country_code=imagined.country_code,
        company_id=company,
        department_id=departments[number % len(departments)],
        status_id=60210 + words.OFTEN_ACTIVE[number % len(words.OFTEN_ACTIVE)],
        workflow_id=(None, 3106, 3105, 3107, None, 3105)[number % 6] if number != 11 else 3108,
        owner_id=users[number % len(users)],
        recruiter_id=users[number % 3] if number % 4 else None,
        sourcer_id=users[number % 5] if number % 3 == 0 else None,
        category_name=("Engineering", "Office", None)[number % 3],
        salary=words.SALARIES[number % len(words.SALARIES)],
        external_id=f"AC-{number}" if number % 2 else None,
        type=words.TYPES[number % len(words.TYPES)],
        remote_type=words.REMOTE[number % len(words.REMOTE)],
        portal_hidden=number % 9 == 5,
        created=created,
        modified=later(dice, created),
        custom=values(account, dice, "job", number),
        forms=_forms(account, number),
        files=files(account, dice, number % 3),
    )
    account.jobs[job.id] = job
    for portal in account.portals.values():
        if number % 4 != 3 and (portal.id == 12 or number % 2):
            portal.jobs.append(job.id)
    if number % 7 == 0:
        note(account, dice, ("job", job.id), created, None)
        note(account, dice, ("company", company), created, None)


def _forms(account: Account, number: int) -> list[Form]:
    """One form; none on some jobs, two on some, thirty questions on one."""
    times = 0 if number % 10 == 9 else 5 if number == 3 else 1
    asked = [question for _ in range(times) for question in words.QUESTIONS]
    forms = [Form(next(account.small), "Standard form", [_question(account, *one) for one in asked])] if asked else []
    if number % 10 == 4:
        forms.append(Form(next(account.small), "For drivers", [_question(account, *words.QUESTIONS[4])]))
    return forms


def _question(account: Account, title: str, kind: str, required: bool, answers: tuple[str, ...]) -> Question:
    choices = {next(account.small): answer for answer in answers}
    return Question(next(account.small), title, kind, required, "Tick what fits" if answers else "", choices)
