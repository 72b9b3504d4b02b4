"""The files of actions, in Django's storage until the action has ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import msgspec

from atsbridge.actions.models import Action, Upload
from connectors.unified.actions import AddAttachment, File, Input, Person


def changed(given: Input, how: Callable[[File], File]) -> Input:
    """An input with each of its files as `how` makes it."""
    if isinstance(given, AddAttachment):
        return msgspec.structs.replace(given, file=how(given.file))
    if isinstance(given, Person):
        return msgspec.structs.replace(given, attachments=[how(file) for file in given.attachments])
    return given


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
