"""The emulated CATS account: a seed's account is always the same, and its first people are whatever its size."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.cats import emulator_words as words
from connectors.cats.emulator_account import Account
from connectors.cats.emulator_truth import (
    Activity,
    Candidate,
    Definition,
    Department,
    File,
    Form,
    Job,
    Mail,
    Named,
    Phone,
    Pipeline,
    Portal,
    Position,
    Question,
    Status,
    Step,
    User,
    Workflow,
)
from connectors.emulation_data import TODAY, Held, ImaginedJob, Person, imagine_jobs, imagine_people

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
WEARY = 400
"""Every so manieth person has held more positions than CATS embeds."""


def imagine(seed: int, jobs: int, people: int, mode: str = "hr") -> Account:
    """An account with so many jobs and people."""
    account = Account(now=NOW, mode=mode)
    dice = random.Random(f"cats {seed}")  # noqa: S311 - imagination, not a secret
    _furnish(account)
    for imagined in imagine_jobs(seed, jobs):
        _job(account, dice, imagined)
    for person in imagine_people(seed, people):
        _candidate(account, dice, person)
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


def _definitions(account: Account) -> None:
    for number, (owner, name, kind, options) in enumerate(words.FIELDS):
        selections = {900 + number * 10 + place: label for place, label in enumerate(options)}
        account.definitions[250001 + number] = Definition(250001 + number, owner, name, kind, selections)


def _later(dice: random.Random, after: datetime, share: float = 1) -> datetime:
    """A whole second between a time and now, within that share of the way."""
    return after + timedelta(seconds=int((NOW - after).total_seconds() * share * dice.random()))


def _moment(dice: random.Random, days: int) -> datetime:
    return NOW - timedelta(seconds=dice.randrange(1, days * 86400))


# Jobs


def _job(account: Account, dice: random.Random, imagined: ImaginedJob) -> None:
    number = imagined.number
    created = _moment(dice, 700)
    company = account.company_id if account.mode == "hr" else account.company_id + number % len(account.companies)
    departments = [None, *(found.id for found in account.departments.values() if found.company_id == company)]
    users = list(account.users)
    job = Job(
        id=16200345 + number,
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
        modified=_later(dice, created),
        custom=_values(account, dice, "job", number),
        forms=_forms(account, number),
        files=_files(account, dice, number % 3),
    )
    account.jobs[job.id] = job
    for portal in account.portals.values():
        if number % 4 != 3 and (portal.id == 12 or number % 2):
            portal.jobs.append(job.id)
    if number % 7 == 0:
        _note(account, dice, ("job", job.id), created, None)
        _note(account, dice, ("company", company), created, None)


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


def _values(account: Account, dice: random.Random, owner: str, number: int) -> dict[int, Any]:
    """A value for every other field of the customer's own."""
    found: dict[int, Any] = {}
    for place, definition in enumerate(each for each in account.definitions.values() if each.owner == owner):
        if (number + place) % 2:
            found[definition.id] = _value(account, dice, definition, number)
    return found


def _value(account: Account, dice: random.Random, definition: Definition, number: int) -> Any:
    options = list(definition.selections)
    match definition.type:
        case "dropdown" | "radio":
            return dice.choice(options)
        case "checkboxes":
            return options[: number % (len(options) + 1)]
        case "checkbox":
            return number % 3 == 0
        case "date":
            return (TODAY + timedelta(days=number % 90)).isoformat()
        case "number":
            return number % 40
        case "user":
            return dice.choice(list(account.users))
    return f"{definition.name} {number} é"


def _files(account: Account, dice: random.Random, count: int) -> list[File]:
    names = [dice.choice(words.FILES) for _ in range(count)]
    return [
        File(next(account.large), name, place == 0, dice.randint(900, 4_000_000)) for place, name in enumerate(names)
    ]


# People


def _candidate(account: Account, dice: random.Random, person: Person) -> None:
    number = person.number
    created = _moment(dice, 600)
    weary = number % WEARY == WEARY // 2
    candidate = Candidate(
        id=407500121 + number,
        first_name=person.first_name,
        last_name=person.last_name,
        title=person.title,
        employer=person.employer,
        mails=_mails(account, person),
        phones=_phones(account, person),
        street=person.street,
        city=person.city,
        state=person.region,
        postal_code=person.postal_code,
        country_code=person.country_code,
        social=[f"https://www.linkedin.com/in/p{number}", f"social.example.test/{number}"][: number % 3],
        website=f"https://p{number}.example.test" if number % 8 == 0 else None,
        source=person.source,
        owner_id=dice.choice(list(account.users)),
        created=created,
        modified=_later(dice, created),
        history=_history(account, person, 25 + number // WEARY if weary else 0),
        custom=_values(account, dice, "candidate", number),
        tags=dice.sample(list(account.tags), dice.choice((0, 0, 1, 2))),
        files=_files(account, dice, 130 if weary else dice.choice((0, 1, 1, 2))),
    )
    account.candidates[candidate.id] = candidate
    job_ids = dice.sample(list(account.jobs), min(len(account.jobs), dice.choice((0, 1, 1, 1, 1, 2, 3))))
    for job_id in job_ids:
        enter(account, dice, candidate, account.jobs[job_id], created)
    for _ in range(dice.choice((0, 0, 1, 2))):
        _note(account, dice, ("candidate", candidate.id), created, dice.choice([*job_ids, None]))


def _mails(account: Account, person: Person) -> list[Mail]:
    """The primary one does not always come first."""
    found = [
        Mail(next(account.small), mail, mail == person.email) for mail in (person.second_email, person.email) if mail
    ]
    return found if person.number % 2 else found[::-1]


def _phones(account: Account, person: Person) -> list[Phone]:
    return [
        Phone(next(account.small), phone.number, phone.kind, "12" if phone.kind == "work" else None)
        for phone in person.phones
    ]


def _history(account: Account, person: Person, more: int) -> list[Position]:
    found = [_position(account, person.number, held) for held in person.history]
    for place in range(more):
        ended = TODAY - timedelta(days=9000 + place * 40)
        temp = Held(f"Temp {place}", "Day Labour", "Gent", "BE", ended - timedelta(days=30), ended)
        found.append(_position(account, person.number, temp))
    return found


def _position(account: Account, number: int, held: Held) -> Position:
    linked = account.company_id if number % 11 == 0 else None
    reason = "Moved away" if held.end and number % 3 == 0 else None
    return Position(
        next(account.small),
        held.title,
        held.employer,
        held.city,
        None,
        held.start,
        held.end,
        "Ria Moss" if number % 5 == 0 else None,
        reason,
        linked,
    )


def enter(account: Account, dice: random.Random, candidate: Candidate, job: Job, after: datetime) -> Pipeline:
    """Put a candidate on a job and take them some steps along its workflow."""
    statuses = account.statuses_of(job) or account.workflows[3105].statuses
    reached = sorted(dice.sample(range(len(statuses)), dice.choice((0, 1, 1, 2)))) if statuses else []
    moment = _later(dice, after, 0.5)
    steps = [Step(next(account.large), statuses[0].id, moment)]
    for place in reached:
        moment = _later(dice, moment, 0.5)
        steps.append(Step(next(account.large), statuses[place].id, moment))
    number = next(account.large)
    found = Pipeline(number, candidate.id, job.id, dice.randint(0, 5), steps[0].at, moment, steps)
    account.pipelines[found.id] = found
    if number % 3 == 0:
        _annotate(account, found, candidate.owner_id)
    return found


def _annotate(account: Account, pipeline: Pipeline, user: int) -> None:
    """The entry that CATS itself writes."""
    text = f"Added to the pipeline at {account.status(pipeline.steps[0].status_id).title}"
    number, at = next(account.large), pipeline.created
    about = ("candidate", pipeline.candidate_id)
    account.activities[number] = Activity(number, about, "other", None, text, pipeline.job_id, user, at, at)


def _note(account: Account, dice: random.Random, about: tuple[str, int], after: datetime, job_id: int | None) -> None:
    number = next(account.large)
    at = _later(dice, after)
    kind, notes = dice.choice(words.TYPES_OF_ACTIVITY), dice.choice(words.NOTES)
    user = dice.choice(list(account.users))
    account.activities[number] = Activity(number, about, kind, notes, None, job_id, user, at, at + timedelta(seconds=1))
