"""Files that come with a request: kept before the action that needs them is queued."""

from typing import Any
from urllib.parse import unquote, urlsplit

from atsbridge.actions import uploads
from atsbridge.actions.wrong import Wrong
from atsbridge.api.bodies import Told
from atsbridge.connections.models import Connection
from connectors.acting import Act, Files
from connectors.unified.actions import File
from connectors.unified.dialects.truto_bodies import Paper
from connectors.unified.parts import FileType


def kept(connection: Connection, act: Act, body: Told) -> list[File]:
    """The files of a body, each kept or with the address where it is; all of them or none. Raises Wrong."""
    done: list[File] = []
    if body.papers and act.files is None:
        raise Wrong("attachments: files are not taken with this")
    try:
        for paper in body.papers:
            done.append(_kept(connection, paper, body, act.files or Files(0)))  # noqa: PERF401  # what is done is undone
    except BaseException:
        uploads.drop(done)
        raise
    return done


def fields(kind: str, files: list[File]) -> dict[str, Any]:
    """Where an action is told of its files."""
    if kind == "add_attachment":
        return {"file": files[0]}
    return {"attachments": files} if files else {}


def _kept(connection: Connection, paper: Paper, body: Told, limits: Files) -> File:
    if paper.data is not None and paper.address:
        raise Wrong("file_url: give a file's content or its address, not both")
    if paper.data is None and not paper.address:
        raise Wrong(f"{paper.file_name or 'file'}: give its content or its address")
    file = File(name=paper.file_name or _name(paper.address), type=FileType(paper.kind), url=paper.address)
    if paper.data is None:
        return file
    photo = bool(body.given.get("photo"))
    with uploads.collected(body.content(paper), limits.most_photo if photo else limits.most) as here:
        return uploads.keep(connection.tenant_id, here, file, limits, photo=photo)


def _name(address: str) -> str:
    """A file's name where only its address is given."""
    try:
        return unquote(urlsplit(address).path).rsplit("/", 1)[-1][:255] or "file"
    except ValueError:
        return "file"
