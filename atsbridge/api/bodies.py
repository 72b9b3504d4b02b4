"""Bodies of requests, read strictly: what has the wrong type, or no name here, is refused with its name."""

import binascii
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from atsbridge.actions.uploads import NO_NAME, NO_ROOM
from atsbridge.actions.wrong import NoRoom, Wrong
from atsbridge.api import spooling
from atsbridge.api.errors import Refusal
from atsbridge.tenants.access import Request
from connectors.decoding import TooDeep, demand_shallow
from connectors.unified.dialects.truto_bodies import Paper, Unclear
from connectors.unified.dialects.truto_writing import NewAttachment, Operation
from connectors.wording import wrong

MOST = 1024 * 1024
"""Bytes of a body without its files."""
SEVERAL = 4
"""Files of the largest size that one body may bring."""
FILE = "file"
NOT_OF_FORMS = ("data", "file_url", "url")
"""Fields that tell of a file which does not come in a part of its own."""


@dataclass(slots=True)
class Told:
    """What a body says: what is to be done, what the action is told, the files that come with it, what leads to
    nothing. content: the bytes of a file that is in the body."""

    operation: Operation
    given: dict[str, Any]
    papers: list[Paper]
    warnings: list[str]
    content: Callable[[Paper], Iterable[bytes]]


@contextmanager
def read(request: Request, operation: Operation, query: dict[str, str], most: int) -> Iterator[Told]:
    """What is to be written; parameters of the address count as fields. `most`: bytes of a file. Raises Refusal."""
    limit, length = MOST + SEVERAL * most * 4 // 3, int(request.META.get("CONTENT_LENGTH") or 0)
    if length > limit:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {limit} bytes here, this has {length}.")
    if request.content_type == "multipart/form-data":
        with _form(request, operation) as (fields, content):
            yield _told(fields, operation, query, content, strict=False)
    elif length > spooling.LONG:
        with _spooled(request) as (fields, spooled):
            told = _told(fields, operation, query, lambda paper: _pieces(spooled, paper))
            if spooled.words.keys() - {paper.data for paper in told.papers}:
                raise wrong_field(f"A text is longer than {spooling.LONG} bytes, which no field takes")
            yield told
    else:
        yield _told(_fields(request.read()), operation, query, lambda paper: _decoded([(paper.data or "").encode()]))


def wrong_field(words: str) -> Refusal:
    """The refusal of a body, which names the field."""
    return Refusal(HTTPStatus.BAD_REQUEST, words, details={"failures": [{"message": words}]})


def _told(
    fields: dict[str, Any],
    operation: Operation,
    query: dict[str, str],
    content: Callable[[Paper], Iterable[bytes]],
    *,
    strict: bool = True,
) -> Told:
    for name, value in query.items():
        if fields.setdefault(name, value) != value:
            raise wrong_field(f"{name}: the address says another one than the body")
    operation = operation.meant(fields)
    try:
        body = msgspec.convert(fields, operation.body, strict=strict)
        return Told(operation, body.given(), body.papers(), body.warnings(), content)
    except msgspec.ValidationError as error:
        raise wrong_field(wrong(error)) from error
    except Unclear as error:
        raise wrong_field(str(error)) from error


def _fields(content: bytes) -> dict[str, Any]:
    if not content.strip():
        return {}
    try:
        demand_shallow(content)
        fields = msgspec.json.decode(content)
    except TooDeep as error:
        raise wrong_field(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise wrong_field(f"The body is no JSON: {error}") from error
    if not isinstance(fields, dict):
        raise wrong_field("The body has to be a JSON object")
    return fields


@contextmanager
def _spooled(request: Request) -> Iterator[tuple[dict[str, Any], spooling.Spooled]]:
    with _room():
        spooled = spooling.Spooled(request.read, MOST)
    try:
        yield _fields(spooled.small), spooled
    finally:
        spooled.close()


@contextmanager
def _room() -> Iterator[None]:
    """Say it where what is received cannot be put anywhere."""
    try:
        yield
    except OSError as full:
        raise NoRoom(NO_ROOM) from full


def _pieces(spooled: spooling.Spooled, paper: Paper) -> Iterator[bytes]:
    word = paper.data or ""
    return _decoded(spooled.text(word) if word in spooled.words else [word.encode()])


def _decoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from spooling.decoded(pieces)
    except binascii.Error as error:
        raise Wrong("data: this is no base64") from error


class _Parser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str:
        """A name with a path in it is refused, not cut."""
        if NO_NAME.search(file_name):
            raise Unclear(f"{FILE}: {file_name!r} is no name of a file, which holds no path")
        return file_name


@contextmanager
def _form(
    request: Request, operation: Operation
) -> Iterator[tuple[dict[str, Any], Callable[[Paper], Iterable[bytes]]]]:
    if operation.body is not NewAttachment:
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Forms are taken for attachments alone, this takes JSON.")
    try:
        parser = _Parser(request.META, request, request.upload_handlers, request.encoding or "utf-8")
        with _room():
            told, files = parser.parse()
    except (MultiPartParserError, Unclear) as error:
        raise wrong_field(str(error)) from error
    try:
        if list(files) != [FILE] or len(files.getlist(FILE)) != 1:
            raise wrong_field(f"{FILE}: one part of the form has to be the file, under this name")
        fields = {name.replace("[id]", "_id"): told[name] for name in told}
        file: Any = files[FILE]
        yield {**fields, "file_name": fields.get("file_name", file.name), "data": FILE}, lambda _: file.chunks()
    finally:
        for name in files:
            for each in files.getlist(name):
                each.close()
