"""The files of actions, in Django's storage until the action has ended: streamed, judged by their content."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO
from uuid import UUID, uuid4

import msgspec
from django.conf import settings
from django.core.files import File as Stored
from django.db import DatabaseError

from atsbridge.actions.models import Action, Upload
from atsbridge.actions.wrong import NoRoom, TooLarge, Wrong
from connectors import guard, kinds
from connectors.acting import MEGABYTE, Files
from connectors.errors import Rejected
from connectors.unified.actions import AddAttachment, ApplyCandidate, File, Input, Person

CHUNK = 64 * 1024
WITH_FILES = (Person, ApplyCandidate)
"""Inputs that come with files."""
NO_NAME = re.compile(r"[/\\\x00-\x1f\x7f]|\A\.{0,2}\Z")
"""What no name of a file holds, or is."""


def collected(chunks: Iterable[bytes], most: int) -> IO[bytes]:
    """What comes in pieces, in a file that goes by itself; raises TooLarge, NoRoom."""
    file, size = SpooledTemporaryFile(max_size=MEGABYTE), 0  # noqa: SIM115
    try:
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLarge(f"The file is larger than the {most // MEGABYTE} MB that are taken")
            file.write(chunk)
    except BaseException as error:
        file.close()
        if isinstance(error, OSError):
            raise NoRoom(NO_ROOM) from error
        raise
    return file


NO_ROOM = "There is no room for the file here now. Nothing was done; try again later, or tell whoever runs atsbridge"


def keep(tenant_id: UUID, file: IO[bytes], told: File, limits: Files, *, photo: bool = False) -> File:
    """Store a file of which only name and type are told; answers all that there is to say of it. Raises Wrong."""
    if NO_NAME.search(told.name):
        raise Wrong(f"file_name: {told.name!r} is no name of a file, which holds no path and is not empty")
    known = _measured(file, told)
    if not known.size:
        raise Wrong(f"{known.name} is empty")
    if refusal := limits.refusal(known, photo=photo):
        raise (TooLarge if known.size > (limits.most_photo if photo else limits.most) else Wrong)(refusal)
    return msgspec.structs.replace(known, key=str(_store(tenant_id, file)))


def _measured(file: IO[bytes], told: File) -> File:
    """A file with its size, digest and type, all from its content."""
    file.seek(0)
    head, size, digest = file.read(kinds.HEAD), 0, hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        digest.update(chunk)
    try:
        kind = kinds.of(head)
    except kinds.Active as active:
        raise Wrong(f"{told.name} is {active}, which is not passed on") from active
    return msgspec.structs.replace(told, size=size, sha256=digest.hexdigest(), content_type=kind)


def _store(tenant_id: UUID, file: IO[bytes]) -> UUID:
    """Put it into the storage under a name that nobody chose; whatever fails leaves nothing behind."""
    upload = Upload(id=uuid4(), tenant_id=tenant_id)
    storage, path = upload.file.storage, f"actions/{upload.id}"
    file.seek(0)
    try:
        upload.file = storage.save(path, Stored(file, name=path))
        upload.save(force_insert=True)
    except (OSError, DatabaseError) as error:
        storage.delete(path)
        if isinstance(error, OSError):
            raise NoRoom(NO_ROOM) from error
        raise
    return upload.id


def each(given: Input) -> list[File]:
    """The files of an input."""
    if isinstance(given, AddAttachment):
        return [given.file]
    return list(given.attachments) if isinstance(given, WITH_FILES) else []


def changed(given: Input, how: Callable[[File], File]) -> Input:
    """An input with each of its files as `how` makes it."""
    if isinstance(given, AddAttachment):
        return msgspec.structs.replace(given, file=how(given.file))
    if isinstance(given, WITH_FILES):
        return msgspec.structs.replace(given, attachments=[how(file) for file in given.attachments])
    return given


def check(given: Input, limits: Files | None) -> None:
    """Raise Wrong for a file that is not here and not to be fetched, or is not taken."""
    photo = isinstance(given, AddAttachment) and given.photo
    for file in each(given):
        if limits is None:
            raise Wrong("attachments: files are not taken with this")
        if file.url and not file.key:
            _check_address(file.url)
        else:
            _check_kept(file, limits, photo)


def _check_kept(file: File, limits: Files, photo: bool) -> None:
    if refusal := limits.refusal(file, photo=photo):
        raise Wrong(refusal)
    if not file.key:
        raise Wrong(f"{file.name}: give its content or its address")
    if not Upload.objects.filter(pk=file.key).exists():
        raise Wrong(f"{file.name} is not here any more: send it again")


def _check_address(url: str) -> None:
    try:
        guard.judge(url, inside=settings.FETCH_INSIDE, plain=settings.LOOPBACK_ONLY)
    except Rejected as rejected:
        raise Wrong(f"file_url: {rejected}") from rejected


def belong(action: Action, given: Input) -> None:
    """Give an action its files."""
    keys = [file.key for file in each(given) if file.key]
    Upload.objects.filter(pk__in=keys, action=None).update(action=action)


def drop(files: Iterable[File]) -> None:
    """Delete files that no action came to."""
    Upload.objects.filter(pk__in=[file.key for file in files if file.key], action=None).delete()


@contextmanager
def opened(file: File | None) -> Iterator[BinaryIO | None]:
    """A file's bytes, to be streamed; None for none."""
    if file is None:
        yield None
        return
    with Upload.objects.get(pk=file.key).file.open("rb") as stored:
        yield stored.file


def forget(action: Action) -> None:
    """Delete an action's files."""
    action.uploads.all().delete()
