"""Words that several ATSs are written in: a result as a note, a file under a name that is free; and those in which what
was given is refused."""

import re
from collections.abc import Iterable

import msgspec

from connectors.unified.actions import A_WORD, AN_ID, AddResultLink, File

RESULT = "{label}\n{url}\n{attributes}"
"""How a result reads where nobody set another wording."""

MEANT = {A_WORD: "Expected a word or more", AN_ID: "Expected an id, which has none of / ? # \\"}
"""What is meant by the patterns of texts."""


def wrong(error: msgspec.ValidationError) -> str:
    """What is wrong with what was given, and where, in words that need no knowledge of patterns."""
    said = str(error)
    for pattern, meant in MEANT.items():
        said = said.replace(f"Expected `str` matching regex {pattern!r}", meant)
    return said


def result(given: AddResultLink, wording: str) -> str:
    """A result with its link and its figures, in a wording that names `{label}`, `{url}` and `{attributes}`."""
    figures = "\n".join(f"{each.key}: {each.value}" for each in given.attributes)
    parts = {"label": given.label_, "url": given.url, "attributes": figures}
    return re.sub(r"{(label|url|attributes)}", lambda found: parts[found[1]], wording).strip()


def free(file: File, taken: Iterable[str]) -> File:
    """A file under its name, or with " (2)" and so on where that is taken: so that it can be found again by it."""
    names = {name.casefold() for name in taken}
    stem, dot, ending = file.name.rpartition(".")
    stem, ending = (stem, f"{dot}{ending}") if stem else (file.name, "")
    name, number = file.name, 1
    while name.casefold() in names:
        number += 1
        name = f"{stem} ({number}){ending}"
    return msgspec.structs.replace(file, name=name)
