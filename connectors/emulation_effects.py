"""What writing does to an emulated account: one line for each thing that changed, so that tests can count them."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request, Response


class Heard(Request):
    """A request that is kept whole in memory: whoever sent it may be gone when it is applied."""

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(environ)
        self.get_data()

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> BytesIO:
        return BytesIO()


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a write changed; a write that changes nothing has none.

    `what` is "application moved", "e-mail sent" and the like, `changed` names the record and the values, `at` is the
    clock's time, `times` how often the very same request has done this by now: 2 is once too often.
    """

    number: int
    at: float
    method: str
    path: str
    what: str
    changed: dict[str, Any]
    times: int = 1
    mark: str = ""
    """The same for the same method, address and body."""

    def told(self) -> dict[str, Any]:
        """The same as JSON."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "mark"}


@dataclass(frozen=True, slots=True)
class Late:
    """A write that came in and is to be applied when the clock says `due`; nobody hears the answer."""

    due: float
    apply: Callable[[], Response]


def same(effects: Iterable[Effect], mark: str, what: str) -> int:
    """How often a request of this mark has done this."""
    return sum(effect.mark == mark and effect.what == what for effect in effects)


def fingerprint(request: Request) -> str:
    """The same for the same method, address and body, whatever boundary a form has been given."""
    parts = [request.method, request.full_path, repr(sorted(request.form.items(multi=True)))]
    body = request.get_data()
    for name, file in sorted(request.files.items(multi=True)):
        parts.append(f"{name} {file.filename} {digest(file.stream.read())}")
        file.stream.seek(0)
    if not request.files and not request.form:
        parts.append(digest(body))
    return digest("\n".join(parts).encode(errors="surrogatepass"))


def digest(content: bytes) -> str:
    """The sha256 of a file, by which effects name it."""
    return hashlib.sha256(content).hexdigest()


def without(request: Request, fields: Sequence[str]) -> Request:
    """The same request, whose JSON body has lost these keys."""
    sent = request.get_json(force=True, silent=True) if fields else None
    if not isinstance(sent, dict):
        return request
    body = json.dumps({name: value for name, value in sent.items() if name not in fields}).encode()
    return Heard({**request.environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})
