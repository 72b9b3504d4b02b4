"""The people of the emulated CATS account, and what they do there."""

import random
from datetime import datetime, timedelta
from typing import Any

from connectors.cats import emulator_words as words
from connectors.cats.emulator_account import Account
from connectors.cats.emulator_dice import files, later, moment, note, values
from connectors.cats.emulator_truth import (
    Activity,
    Candidate,
    Job,
    Mail,
    Phone,
    Pipeline,
    Position,
    Question,
    Step,
    Submission,
)
from connectors.emulation_data import TODAY, Held, Person

WEARY = 400
"""Every so manieth person has held more positions than CATS embeds."""


def candidate_of(account: Account, dice: random.Random, person: Person) -> None:
    """Put an imagined person into the account, with pipelines, forms, files and notes."""
    number = person.number
    created = moment(dice, 600)
    weary = number % WEARY == WEARY // 2
    candidate = Candidate(
        id=next(account.candidate_ids),
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
        modified=later(dice, created),
        history=_history(account, person, 25 + number // WEARY if weary else 0),
        custom=values(account, dice, "candidate", number),
        tags=dice.sample(list(account.tags), dice.choice((0, 0, 1, 2))),
        files=files(account, dice, 130 if weary else dice.choice((0, 1, 1, 2))),
    )
    account.candidates[candidate.id] = candidate
    job_ids = dice.sample(list(account.jobs), min(len(account.jobs), dice.choice((0, 1, 1, 1, 1, 2, 3))))
    for job_id in job_ids:
        enter(account, dice, candidate, account.jobs[job_id], created)
        if number % 3 == 0:
            _submit(account, candidate, account.jobs[job_id], number)
    for _ in range(dice.choice((0, 0, 1, 2))):
        note(account, dice, ("candidate", candidate.id), created, dice.choice([*job_ids, None]))


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


def _submit(account: Account, candidate: Candidate, job: Job, number: int) -> None:
    """Send in the job's forms, with an answer to most questions."""
    for form in job.forms:
        answers = {one.id: _answer(one, number) for place, one in enumerate(form.questions) if (number + place) % 7}
        candidate.submissions.append(Submission(next(account.large), job.id, candidate.created, form, answers))


def _answer(question: Question, number: int) -> Any:
    """An answer as an applicant's browser sends it."""
    match question.type:
        case "radio":
            return {str(list(question.answers)[number % 2]): True}
        case "checkboxes":
            return {str(choice): place != number % 3 for place, choice in enumerate(question.answers)}
        case "checkbox":
            return number % 2 == 0
        case "file":
            return words.FILES[number % len(words.FILES)]
    return f"Because {number} ☀"


def enter(account: Account, dice: random.Random, candidate: Candidate, job: Job, after: datetime) -> Pipeline:
    """Put a candidate on a job and take them some steps along its workflow."""
    statuses = account.statuses_of(job) or account.workflows[3105].statuses
    reached = sorted(dice.sample(range(len(statuses)), dice.choice((0, 1, 1, 2)))) if statuses else []
    moment = later(dice, after, 0.5)
    steps = [Step(next(account.large), statuses[0].id, moment)]
    for place in reached:
        moment = later(dice, moment, 0.5)
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
