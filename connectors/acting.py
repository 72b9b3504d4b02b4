"""How an ATS performs an action: what a connector declares of each, and what its function is handed.

    def add_note(acting: Acting, given: AddNote) -> Done:
        note = acting.once("note", Write("POST", "…/notes", body={…}), lost=BLIND)
        return Done(note.id, touched=[("job-applications", given.candidate_id)])

A function runs from its beginning whenever its action goes on. A step that was done answers at once what it answered
then; one whose answer was lost is settled as `lost` says before anything is sent again. So a function does nothing but
call `acting` and read, and comes to the same steps each time.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import UNSET

from connectors.unified.actions import File, Input

if TYPE_CHECKING:
    from connectors.base import Connector

type Params = Mapping[str, Any]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Write:
    """One request that changes something. Its body is JSON, or a form with a file, or a file alone.

    part: the name that a form gives the file. says: what the ATS does by itself then, for people.
    """

    method: str
    path: str
    params: Params = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] = field(default_factory=dict)
    file: File | None = None
    part: str = ""
    says: str = ""


class Wrote(msgspec.Struct, frozen=True):
    """What came of a write: the id of what was made, where one is named, and the answer's JSON. at: when it was asked
    for, in seconds, which is as old as the answer is."""

    id: str = ""
    answer: Any = None
    at: float = 0


type Look = Callable[[], Wrote | None]
"""Looks in the ATS for what a write would have left there; None where it is not there (yet). Raises Rejected, NotFound
or ScopeMissing where nobody can tell: then a person decides."""
type Lost = Literal["repeatable", "blind"] | Look
"""What to do where no answer tells whether a write was done: send it again, for that is harmless; leave it to a person;
or look for its mark, and send it again only where two looks find nothing."""
REPEATABLE: Lost = "repeatable"
BLIND: Lost = "blind"


@dataclass(frozen=True, slots=True)
class Done:
    """What an action came to.

    id: the remote id of what was made, else of what was changed. touched: (resource slug, remote id) of each row to be
    read back. shows: what must stand in these rows or their details by now, words for it → (path, value); what does
    not was dropped without a word. incomplete: the main thing was refused after something else was made. told: what
    the write itself answered, where that carries the only row that it touched. gone: the rows are to be there no more.
    """

    id: str
    touched: tuple[tuple[str, str], ...] = ()
    shows: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    incomplete: bool = False
    told: Wrote | None = None
    gone: bool = False


class Acting(ABC):
    """What an action's function is handed. beside: what is known beside the account's rows, and what people say that
    its statuses mean. mark: a word that no other action has, to be found again by. machine: no person asked for it.
    settings: the connection's, by slug."""

    connector: "Connector"
    beside: Mapping[str, Any]
    mark: str
    machine: bool
    settings: Mapping[str, str]

    @abstractmethod
    def once(self, step: str, write: Write, *, lost: Lost) -> Wrote:
        """Send a write once and only once; raises what ends the action or makes it wait."""

    @abstractmethod
    def also(self, step: str, write: Write, *, lost: Lost) -> Wrote | None:
        """The same after the main thing is done: what fails is a warning, and can be completed later."""

    @abstractmethod
    def recall(self, name: str, read: Callable[[], Any]) -> Any:
        """What a look found before anything was sent, JSON: on it depends what is done."""

    @abstractmethod
    def common(self, name: str, read: Callable[[], Any]) -> Any:
        """What is the same for every row of a batch, JSON: read once for all of them."""

    @abstractmethod
    def record(self, model: str, remote_id: str) -> Mapping[str, Any]:
        """The values of a record as we know it; none where we do not. Only for what never changes."""

    @abstractmethod
    def warn(self, words: str) -> None:
        """Say what was not done, or otherwise than asked; each sentence once."""


@dataclass(frozen=True, slots=True)
class Files:
    """What an ATS takes of files: the most bytes of a file, and of a picture; the MIME types of a picture."""

    most: int
    most_photo: int = 0
    photos: tuple[str, ...] = ()

    def refusal(self, file: File, *, photo: bool = False) -> str:
        """Why a file is not taken, in words; "" where it is."""
        most = self.most_photo if photo else self.most
        if file.size > most:
            return f"{file.name} has {file.size / MEGABYTE:.1f} MB, and {most // MEGABYTE} MB are the most"
        if not file.size and not file.url:
            return f"{file.name} is empty"
        if photo and file.content_type not in self.photos:
            kinds = ", ".join(kind.removeprefix("image/") for kind in self.photos)
            return f"{file.name} is no picture of a kind that is taken: {kinds}"
        return ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an ATS does by itself where somebody comes to a stage, if it is asked to, or in any case (`required`)."""

    id: str
    words: str
    required: bool = False


type Triggers = Callable[[Mapping[str, Any]], Mapping[str, Sequence[Trigger]]]
"""From what is known beside the rows: a stage's remote id → what the ATS does by itself there."""


@dataclass(frozen=True, slots=True)
class Passes:
    """Where `remote_data` goes: into the JSON body of this step. own: what the step tells itself, which is refused."""

    step: str
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """An action that an ATS can do. do: `do(acting, input)`. permission: the one without which it cannot. lacks: fields
    for which it has no place → what becomes of them. says: what people should know before. files: which it takes.
    triggers: what the ATS does by itself at a stage that it comes to. passes: what goes there as it stands. needs:
    fields without which it is refused → why."""

    do: Callable[[Acting, Any], Done]
    permission: str = ""
    lacks: Mapping[str, str] = field(default_factory=dict)
    says: str = ""
    files: Files | None = None
    triggers: Triggers | None = None
    passes: Passes | None = None
    needs: Mapping[str, str] = field(default_factory=dict)

    def missed(self, given: Input) -> list[str]:
        """A sentence for each field that was given and has no place."""
        return [f"{words(name)}: {why}" for name, why in self.lacks.items() if getattr(given, name)]

    def refusal(self, given: Input) -> str:
        """Why it is not taken in as it was given, "" where it is."""
        for name, why in self.needs.items():
            if getattr(given, name) is not UNSET and not getattr(given, name):
                return f"{name}: {why}"
        own = [name for name in given.remote_data or () if self.passes and name in self.passes.own]
        return f"remote_data.{own[0]}: it is told by another field, or not to be told" if own else ""


UNPASSED = "remote_data: nothing of this goes to the ATS as it stands"


def words(field_name: str) -> str:
    """A field of an input as people read it."""
    return field_name.removesuffix("_id").strip("_").replace("_", " ").capitalize()
