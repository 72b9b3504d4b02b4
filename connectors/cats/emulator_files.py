"""The writing half of an emulated CATS: attachments and résumés, and the bytes of both."""

import hashlib
import mimetypes
from urllib.parse import quote

from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_truth import Candidate, File, Job
from connectors.cats.emulator_written import Written
from connectors.emulation import route, write
from connectors.emulation_effects import digest

ELSEWHERE = "files.catsone.example.test"
LINK_LIFE = 300
"""Seconds for which a link to another host opens a file."""


class Files(Written):
    """Raw bytes in, raw bytes out."""

    @write("/candidates/<int:number>/attachments", "POST")
    def post_attachment(self, request: Request, number: int) -> Response:
        """POST /candidates/{id}/attachments?filename=."""
        return self._uploaded(request, self.who(number), is_resume=False)

    @write("/candidates/<int:number>/resumes", "POST")
    def post_resume(self, request: Request, number: int) -> Response:
        """POST /candidates/{id}/resumes?filename=: the same, as a résumé."""
        return self._uploaded(request, self.who(number), is_resume=True)

    def _uploaded(self, request: Request, candidate: Candidate, *, is_resume: bool) -> Response:
        content, name = request.get_data(), request.args.get("filename", "")
        if not name:
            raise BadRequest("filename must not be optional")
        if not content:
            raise BadRequest("The body must not be empty")
        if self.habits.file_limit and len(content) > self.habits.file_limit:
            raise BadRequest("The file is too large")
        made = self.attach(candidate, name, is_resume)
        made.content, made.size = content, len(content)
        told = {"filename": name, "is_resume": is_resume, "size": made.size, "sha256": digest(content)}
        self.effect("attachment added", id=made.id, candidate_id=candidate.id, **told)
        return self.made(f"/attachments/{made.id}")

    @write("/attachments/<int:number>", "DELETE")
    def delete_attachment(self, request: Request, number: int) -> Response:
        """DELETE /attachments/{id}; a picture that it was is none any more."""
        owner, file = self._owned(number)
        owner.files = [each for each in owner.files if each is not file]
        if isinstance(owner, Candidate) and owner.thumbnail[1] == number:
            owner.thumbnail = ("disabled", None)
        self.effect("attachment deleted", id=number, filename=file.filename)
        return self.done()

    def _owned(self, number: int) -> tuple[Candidate | Job, File]:
        """A file and whose it is, else a 404."""
        owners: list[Candidate | Job] = [*self.account.candidates.values(), *self.account.jobs.values()]
        for owner in owners:
            for file in owner.files:
                if file.id == number:
                    return owner, file
        raise NotFound("Not found.")

    @route("/attachments/<int:number>/download")
    def download(self, request: Request, number: int) -> Response:
        """GET /attachments/{id}/download: the bytes, or the way to another host."""
        _, file = self._owned(number)
        if self.habits.download == "bytes":
            return self._bytes(file)
        expires = int(self.clock()) + LINK_LIFE
        path = f"/files/{file.id}?expires={expires}&signature={_signature(file.id, expires)}"
        return self._empty(302, {"Location": f"{_elsewhere(request)}{path}"})

    def _bytes(self, file: File) -> Response:
        kind = mimetypes.guess_type(file.filename)[0] or "application/octet-stream"
        said = f"attachment; filename*=UTF-8''{quote(file.filename)}"
        return Response(file.read(), content_type=kind, headers={"Content-Disposition": said})

    @route("/candidates/<int:number>/thumbnail")
    def get_thumbnail(self, request: Request, number: int) -> Response:
        """GET /candidates/{id}/thumbnail: a record, or the picture itself."""
        candidate = self.who(number)
        if self.habits.thumbnail == "record":
            return self.json(self.tell.thumbnail(candidate))
        return self._bytes(self.found({file.id: file for file in candidate.files}, candidate.thumbnail[1] or 0))

    # The other host: without a key, and not for anybody who shows one

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/files/"):
            return self._served(request)
        return super()._answer(request)

    def _served(self, request: Request) -> Response:
        number, expires = request.path.removeprefix("/files/"), request.args.get("expires", 0, int)
        signed = number.isdigit() and request.args.get("signature") == _signature(int(number), expires)
        if "Authorization" in request.headers:
            return Response("Only one auth mechanism allowed.", status=400, content_type="text/plain")
        if not signed or self.clock() > expires:
            return Response("Request has expired.", status=403, content_type="text/plain")
        return self._bytes(self._owned(int(number))[1])


def _signature(number: int, expires: int) -> str:
    return hashlib.blake2s(f"{number}?{expires}".encode(), key=b"emulated", digest_size=16).hexdigest()


def _elsewhere(request: Request) -> str:
    """Another host: on a port this machine by its other name, else one that nobody answers for but the emulator."""
    name, _, port = request.host.partition(":")
    return f"http://localhost:{port}" if name == "127.0.0.1" else f"https://{ELSEWHERE}"
