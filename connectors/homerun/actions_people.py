"""People written to Homerun: what has a field there, and what goes into the custom data, which takes any key."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET

from connectors import countries
from connectors.acting import REPEATABLE, Acting, Done, Write, Wrote
from connectors.errors import Rejected
from connectors.homerun import actions_papers as papers
from connectors.homerun import actions_stages as stages
from connectors.homerun.actions_stages import ROWS
from connectors.mapping import Row
from connectors.paths import at
from connectors.unified.actions import ApplyCandidate, CreateApplication, CreateCandidate, UpdateCandidate
from connectors.unified.parts import Location, PhoneNumber, Position, SocialMedia

MARK = "atsbridge"
"""The key of the custom data under which a creation can be found again."""
CUSTOM = "Homerun has no field for it, it goes into the custom data"
LOOKED_THROUGH = 10
"""Pages of the newest people, at the most, that are looked through for one."""
SITES = {
    "linkedin.com": "linkedin",
    "github.com": "github",
    "facebook.com": "facebook",
    "twitter.com": "twitter",
    "x.com": "twitter",
}
LINKS = (*dict.fromkeys(SITES.values()), "website")
PERSONAL = ("first_name", "last_name", "email", "phone_number", "city", "country")
OWN = (
    *("first_name", "last_name", "email", "phone_number", "city", "country", "experience", "skype", *LINKS),
    *("vacancy_id", "stage", "sources", "custom_data"),
)
"""What is told of a person by fields of ours, or not at all: no request carries it another way."""
NO_MAIL = "Homerun keeps nobody without an e-mail address"
NEEDS = {"email_addresses": NO_MAIL}
type Created = CreateCandidate | CreateApplication
type Body = dict[str, Any]


def create(acting: Acting, given: Created) -> Done:
    """A person with an application, or in the pool; then the stage and the files, one call each."""
    stage = acting.recall("stage wanted", lambda: _stage(acting, given))
    begun = acting.recall("begun", lambda: datetime.now(UTC).isoformat())
    body = _new(acting, given)
    made = _sent(acting, body, Look(acting, body["email"], begun))
    begun_in = _begun(acting, made.id, at(made.answer, "data.stage"), stage)
    papers.attach(acting, made.id, given.attachments)
    return Done(made.id, ((ROWS, made.id),), _shows(body) | begun_in)


def apply(acting: Acting, given: ApplyCandidate) -> Done:
    """An application of somebody in the pool: the person becomes one for the job."""
    person = given.candidate_id
    acting.recall("in the pool", lambda: _refuse_second(acting, given))
    stage = acting.recall("stage wanted", lambda: _stage(acting, given))
    answers = {reply.question: _flat(reply.answer) for reply in given.answers}
    body: Body = {"vacancy_id": given.job_id} | ({"custom_data": answers} if answers else {})
    write = Write("PATCH", f"{ROWS}/{person}", body=body)
    moved = acting.once("application", write, lost=stages.on_vacancy(acting, person, given.job_id))
    begun_in = _begun(acting, person, at(moved.answer, "data.stage"), stage)
    papers.attach(acting, person, given.attachments, known=True)
    return Done(person, ((ROWS, person),), {"the job": ("vacancy_id", given.job_id)} | begun_in)


def _refuse_second(acting: Acting, given: ApplyCandidate) -> None:
    """Raise Rejected for somebody who has an application: another one would take that away."""
    job = at(acting.connector.talk.get(f"{ROWS}/{given.candidate_id}").data, "data.vacancy_id")
    if job == given.job_id:
        raise Rejected(f"candidate_id: {given.candidate_id} is an application for this job already")
    if job:
        raise Rejected(
            f"candidate_id: in Homerun a person is one application, and {given.candidate_id} is one for another job. "
            "For a second one give name and address instead: Homerun makes a new person of them"
        )


def _begun(acting: Acting, person: str, first: Any, stage: Row | None) -> dict[str, tuple[str, Any]]:
    """Bring somebody new on a job from the first stage to the one that was asked for; gives what must show then."""
    if not stage or stages.same(first, stage):
        return {}
    acting.also("stage", stages.change(person, stage), lost=stages.arrival(acting, person, first, stage))
    return {"the stage": ("stage.name", stages.name_of(stage))}


def _sent(acting: Acting, body: Body, look: "Look") -> Wrote:
    """A creation; one that is refused for a source that the account does not know goes again without it."""
    try:
        return acting.once("create", Write("POST", ROWS, body=body), lost=look)
    except Rejected as refused:
        source = body.pop("sources", None)
        if not source or "source" not in refused.message.casefold():
            raise
    acting.warn(f"Homerun does not know the source {', '.join(source)}: the person was created without it")
    return acting.once("create", Write("POST", ROWS, body=body), lost=look)


def update(acting: Acting, given: UpdateCandidate) -> Done:
    """What was given; the custom data is merged by Homerun itself."""
    body = _known(acting, given)
    body |= {site: None for site in acting.recall("pages", lambda: _pages_of(acting, given)) if site not in body}
    data = {**(given.custom_fields or {}), "Job title": given.title, "Employer": given.company, **_over(acting, given)}
    body["custom_data"] = {key: _flat(value) for key, value in data.items() if value is not UNSET} or UNSET
    body = {key: value for key, value in body.items() if value is not UNSET}
    if not (body or given.remote_data):
        raise Rejected("Nothing of this has a field in Homerun")
    person = given.candidate_id
    acting.once("change", Write("PATCH", f"{ROWS}/{person}", body=body), lost=REPEATABLE)
    return Done(person, ((ROWS, person),), _shows(body))


class Look:
    """Looks for the person that a creation made: by the mark, among the newest with the address."""

    def __init__(self, acting: Acting, mail: str, begun: str) -> None:
        self.talk, self.mark = acting.connector.talk, acting.mark
        self.mail, self.begun = mail.casefold(), begun

    def __call__(self) -> Wrote | None:
        """The person; None where nobody carries the mark."""
        for row in self._newest():
            if str(at(row, "personal_info.email")).casefold() == self.mail:
                answer = self.talk.get(f"{ROWS}/{row['id']}").data
                if at(answer, f"data.custom_data.{MARK}") == self.mark:
                    return Wrote(str(row["id"]), answer)
        return None

    def _newest(self) -> Iterator[Row]:
        for page in range(1, LOOKED_THROUGH + 1):
            rows = at(self.talk.get(ROWS, {"page": page, "perPage": 100}).data, "data") or []
            yield from rows
            if not rows or str(rows[-1].get("created_at")) < self.begun:
                return


def _stage(acting: Acting, given: Created | ApplyCandidate) -> Row | None:
    """The stage to go on to after the creation; None for the one where everybody begins."""
    if not given.stage_id:
        return None
    if not given.job_id:
        raise Rejected("Only who applies for a job can be in a stage")
    stage = stages.named(stages.of_vacancy(acting, given.job_id), given.stage_id)
    return None if stages.is_new(stage) else stage


def _new(acting: Acting, given: Created) -> Body:
    """All that is said of somebody new."""
    more = {"Job title": given.title, "Employer": given.company, "Tags": given.tags, **_over(acting, given)}
    answers = {reply.question: reply.answer for reply in given.answers}
    data = {key: _flat(value) for key, value in {**given.custom_fields, **answers, **more}.items() if value}
    body = {
        **_known(acting, given),
        "experience": "\n\n".join(map(_position, given.work_history)),
        "vacancy_id": given.job_id,
        "sources": [given.source] if given.source else None,
    }
    kept = {key: value for key, value in body.items() if value not in (None, "", UNSET)}
    return {**kept, "sourced": not given.job_id, "custom_data": {**data, MARK: acting.mark}}


def _known(acting: Acting, given: Created | UpdateCandidate) -> Body:
    """What Homerun has a field for; UNSET where nothing was given."""
    names = {"first_name": given.first_name, "last_name": given.last_name}
    return {**names, **_mail(given), **_phone(given), **_place(acting, given), **_pages(given)}


def _over(acting: Acting, given: Created | UpdateCandidate) -> Body:
    """What of the lists and the address finds no field, by a word for it, which is said."""
    mails, phones = (given.email_addresses or [])[1:], (given.phone_numbers or [])[1:]
    place = given.location or Location()
    address = [place.street_1, place.street_2, place.zip_code, place.state, None if place.city else place.raw]
    over = {
        "Other e-mail addresses": [each.email_address for each in mails],
        "Other phone numbers": [_number(each) for each in phones],
        "Address": [part for part in address if part],
        "Other pages": [page.link or page.username for page in _sorted(given.social_media or [])[1]],
    }
    found = {key: values for key, values in over.items() if values}
    for key in found:
        acting.warn(f"{key}: {CUSTOM}")
    return found


def _mail(given: Created | UpdateCandidate) -> Body:
    addresses: Any = given.email_addresses
    if addresses is UNSET:
        return {}
    first = addresses[0].email_address.strip() if addresses else ""
    if not first:
        raise Rejected(NO_MAIL)
    return {"email": first}


def _phone(given: Created | UpdateCandidate) -> Body:
    numbers: Any = given.phone_numbers
    return {} if numbers is UNSET else {"phone_number": _number(numbers[0]) if numbers else None}


def _number(phone: PhoneNumber) -> str:
    return f"{phone.phone_number} ext. {phone.extension}" if phone.extension else phone.phone_number


def _place(acting: Acting, given: Created | UpdateCandidate) -> Body:
    """City and country, which Homerun keeps as any text."""
    place: Any = given.location
    if place is UNSET:
        return {}
    spelled = (lambda code: code) if acting.settings["countries"] == "codes" else countries.name
    return {"city": place and place.city, "country": place and spelled(place.country)}


def _pages(given: Created | UpdateCandidate) -> Body:
    media: Any = given.social_media
    return {} if media is UNSET else _sorted(media or [])[0]


def _sorted(media: list[SocialMedia]) -> tuple[Body, list[SocialMedia]]:
    """Each page in the field of its host, the first of another one as the website; and those that find none."""
    found: Body = {}
    over: list[SocialMedia] = []
    for page in media:
        field = "skype" if (page.type or "").casefold() == "skype" else _site(page)
        if field and field not in found:
            found[field] = page.username or page.link if field == "skype" else _whole(page.link)
        else:
            over.append(page)
    return found, over


def _site(page: SocialMedia) -> str | None:
    if not page.link:
        return None
    try:
        host = (urlsplit(str(_whole(page.link))).hostname or "").casefold()
    except ValueError:
        return None
    return next((site for name, site in SITES.items() if host == name or host.endswith(f".{name}")), "website")


def _whole(link: str | None) -> str | None:
    return link if not link or "://" in link else f"https://{link}"


def _pages_of(acting: Acting, given: UpdateCandidate) -> list[str]:
    """The fields of pages that somebody has now, where all of them are to be others."""
    if given.social_media is UNSET:
        return []
    now = at(acting.connector.talk.get(f"{ROWS}/{given.candidate_id}").data, "data")
    return [site for site in (*LINKS, "skype") if now.get(site)]


def _position(position: Position) -> str:
    """One entry of a work history in words."""
    until = "now" if position.is_current else position.end_date
    where = ", ".join(filter(None, (position.title, position.company)))
    when = " – ".join(filter(None, (position.start_date, until)))
    return "\n".join(filter(None, (where, when)))


def _flat(value: Any) -> Any:
    """A value as the custom data takes it: texts, and null to empty it."""
    if value is None or isinstance(value, str):
        return value
    return (
        ", ".join(str(_flat(each)) for each in value)
        if isinstance(value, list)
        else msgspec.json.encode(value).decode()
    )


def _shows(body: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Where what was written must stand afterwards."""
    paths = {name: f"personal_info.{name}" for name in PERSONAL} | {"sources": "sources[].name"}
    return {name.replace("_", " "): (paths.get(name, name), value) for name, value in body.items()}
