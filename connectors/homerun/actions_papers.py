"""Notes, results and files written to Homerun. A candidate is an application there, so both have one id."""

from connectors.acting import BLIND, MEGABYTE, REPEATABLE, Acting, Done, Files, Look, Write, Wrote
from connectors.homerun.actions_stages import ROWS
from connectors.homerun.readers import file_id
from connectors.paths import at
from connectors.unified.actions import AddAttachment, AddNote, AddResultLink, File
from connectors.unified.parts import FileType
from connectors.wording import free, result

FILES = Files(25 * MEGABYTE, 5 * MEGABYTE, ("image/jpeg", "image/png", "image/gif"))


def note(acting: Acting, given: AddNote) -> Done:
    """A note, signed with the name that is set for it."""
    return _note(acting, given.application_id or given.candidate_id or "", given.content, private=given.is_private)


def result_link(acting: Acting, given: AddResultLink) -> Done:
    """A result as a note, in the wording that is set for it: Homerun has no place for links of others."""
    return _note(acting, given.application_id, result(given, acting.settings["result_wording"]))


def _note(acting: Acting, person: str, text: str, *, private: bool = False) -> Done:
    """Homerun's notes carry no mark that could be looked for, so a lost answer is left to a person."""
    author = acting.settings["author"]
    body = {"note": text, "display_name": author, "is_sensitive": private}
    wrote = acting.once("note", Write("POST", f"{ROWS}/{person}/notes", body=body), lost=BLIND)
    kept = at(wrote.answer, "data.note")
    if isinstance(kept, str) and len(kept.strip()) < len(text.strip()):
        acting.warn(f"Homerun kept the first {len(kept)} of {len(text)} letters")
    return Done(wrote.id or person, ((ROWS, person),))


def file(acting: Acting, given: AddAttachment) -> Done:
    """A file, or the person's picture."""
    person = given.application_id or given.candidate_id or ""
    if given.photo:
        write = Write("POST", f"{ROWS}/{person}/photo", file=given.file, part="file")
        acting.once("picture", write, lost=REPEATABLE)
        return Done(person, ((ROWS, person),))
    named = free(given.file, acting.recall("names", lambda: _names(acting, person)))
    acting.once("file", _upload(person, named), lost=_arrival(acting, person, named))
    identity = file_id(person, _kind(named), named.name) or person
    return Done(identity, ((ROWS, person),), {f"the file {named.name}": ("files[].name", [named.name])})


def attach(acting: Acting, person: str, files: list[File], *, known: bool = False) -> None:
    """The files that came with an application, one call each; somebody who was just created has none."""
    taken: list[str] = list(acting.recall("names", lambda: _names(acting, person))) if files and known else []
    for number, each in enumerate(files, 1):
        named = free(each, taken)
        taken.append(named.name)
        acting.also(f"file {number}", _upload(person, named), lost=_arrival(acting, person, named))


def _kind(given: File) -> str:
    return "resume" if given.type == FileType.CV else "assignment"


def _upload(person: str, given: File) -> Write:
    return Write("POST", f"{ROWS}/{person}/files", form={"type": _kind(given)}, file=given, part="file")


def _arrival(acting: Acting, person: str, given: File) -> Look:
    """Look for a file by its name, which was free."""
    return lambda: Wrote() if given.name in _names(acting, person) else None


def _names(acting: Acting, person: str) -> list[str]:
    return [str(name) for name in at(acting.connector.talk.get(f"{ROWS}/{person}").data, "data.files[].name") or []]
