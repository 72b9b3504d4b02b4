"""What machines write about people in Truto's shape."""

from typing import ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from connectors.unified.actions import (
    AddTag,
    ApplyCandidate,
    CreateApplication,
    CreateCandidate,
    Line,
    Name,
    Person,
    Reply,
    UpdateCandidate,
)
from connectors.unified.dialects.truto_bodies import (
    Given,
    Id,
    Mail,
    Named,
    Needs,
    Page,
    Paper,
    Phone,
    Source,
    This,
    Unclear,
    Written,
    one,
    source_of,
    tells,
)


@tells(Person, "answers", emails="email_addresses", phones="phone_numbers", locations="location", urls="social_media")
class Described(Written, kw_only=True):
    """What is said of somebody who is created."""

    locations: list[Line] = []
    phones: list[Phone] = []
    emails: list[Mail] = []
    urls: list[Page] = []
    tags: list[Named] = []
    attachments: list[Paper] = []
    source: Source | Name | None = None

    def given(self) -> Given:
        """The person."""
        return super().given() | {
            "location": _place(self.locations),
            "phone_numbers": _phones(self.phones),
            "email_addresses": _mails(self.emails),
            "social_media": _pages(self.urls),
            "tags": [tag.word(f"tags[{place}]") for place, tag in enumerate(self.tags)],
            "source": source_of(self.source),
        }

    def papers(self) -> list[Paper]:
        """The person's files."""
        return self.attachments

    def warnings(self) -> list[str]:
        """The same, and the places that are left out."""
        more = ["locations: only the first is kept, a person lives in one place."] if len(self.locations) > 1 else []
        return super().warnings() + more


@tells(CreateCandidate, "allow_duplicate")  # which is a header's
class NewCandidate(Described, kw_only=True):
    """POST /candidates."""

    job: This | None = None
    answers: list[Reply] = []

    def given(self) -> Given:
        """The person, and the job that they apply for."""
        return super().given() | {"job_id": one(self, "job"), "answers": msgspec.to_builtins(self.answers)}


class Applying(Written, kw_only=True):
    """What is said of an application."""

    needs: ClassVar[Needs] = (("job",),)

    job_id: Id | None = None
    job: This | None = None
    current_stage: This | None = None
    source: Source | Name | None = None
    attachments: list[Paper] = []
    answers: list[Reply] = []

    def given(self) -> Given:
        """The job, and where it begins."""
        told = super().given()
        return told | {
            "stage_id": told["stage_id"] or (self.current_stage and self.current_stage.id),
            "source": source_of(self.source),
            "answers": msgspec.to_builtins(self.answers),
        }

    def papers(self) -> list[Paper]:
        """Its files."""
        return self.attachments


@tells(ApplyCandidate)
class KnownApplication(Applying, kw_only=True):
    """POST /applications, of somebody who is named by an id."""

    needs = (*Applying.needs, ("candidate",))

    candidate_id: Id | None = None
    candidate: This | None = None


@tells(CreateApplication, *Person.__struct_fields__)
class NewApplication(Applying, kw_only=True):
    """POST /applications, of somebody who is described."""

    candidate: Described
    candidate_id: None = None

    def given(self) -> Given:
        """The person, the job, and where they begin."""
        person, told = self.candidate.given(), super().given()
        person.pop("remote_data", None)
        return person | told | {"source": told["source"] or person["source"]}

    def papers(self) -> list[Paper]:
        """The files of both."""
        return [*super().papers(), *self.candidate.attachments]

    def warnings(self) -> list[str]:
        """Those of both."""
        of_person = ["remote_data: only the application's goes to the ATS."] if self.candidate.remote_data else []
        return super().warnings() + [f"candidate.{words}" for words in (*of_person, *self.candidate.warnings())]


@tells(
    UpdateCandidate, "candidate_id",
    emails="email_addresses", phones="phone_numbers", locations="location", urls="social_media",
)  # fmt: skip
class CandidateChange(Written, kw_only=True):
    """PATCH /candidates/{id}: what is not named stays, what is null is emptied."""

    some = True

    locations: list[Line] | UnsetType | None = UNSET
    phones: list[Phone] | UnsetType = UNSET
    emails: list[Mail] | UnsetType = UNSET
    urls: list[Page] | UnsetType = UNSET
    source: Source | Name | UnsetType | None = UNSET

    def given(self) -> Given:
        """What changes."""
        turned = {
            "location": UNSET if self.locations is UNSET else _place(self.locations or []),
            "phone_numbers": UNSET if self.phones is UNSET else _phones(self.phones),
            "email_addresses": UNSET if self.emails is UNSET else _mails(self.emails),
            "social_media": UNSET if self.urls is UNSET else _pages(self.urls),
            "source": UNSET if self.source is UNSET else source_of(self.source),
        }
        changes = super().given() | {name: value for name, value in turned.items() if value is not UNSET}
        if self.some and not changes:
            raise Unclear("Nothing is to be changed: name at least one field")
        return changes

    def warnings(self) -> list[str]:
        """The same, and the places that are left out."""
        many = isinstance(self.locations, list) and len(self.locations) > 1
        return super().warnings() + (["locations: only the first is kept."] if many else [])


@tells(AddTag)
class Tagging(Written, kw_only=True):
    """POST /candidates/add-tag and remove-tag."""

    needs = (("candidate",),)

    candidate_id: Id | None = None
    candidate: This | None = None
    tag: Named | Name

    def given(self) -> Given:
        """The person and the tag."""
        word = self.tag if isinstance(self.tag, str) else self.tag.word("tag")
        return super().given() | {"tag": word}


def _place(places: list[str]) -> Given | None:
    return {"raw": places[0]} if places else None


def _phones(phones: list[Phone]) -> list[Given]:
    return [{"phone_number": each.number, "type": each.type, "extension": each.extension} for each in phones]


def _mails(mails: list[Mail]) -> list[Given]:
    ordered = sorted(mails, key=lambda each: not each.is_primary)
    return [{"email_address": each.email, "type": each.type} for each in ordered]


def _pages(pages: list[Page]) -> list[Given]:
    return [{"link": each.url, "type": each.type} for each in pages]
