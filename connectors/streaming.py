"""A file's bytes on their way through us: piece by piece, never whole."""

from collections.abc import Collection, Generator
from contextlib import ExitStack
from urllib.parse import urljoin, urlsplit

import httpx

from connectors import guard, http
from connectors.base import Connector
from connectors.declarations import Place
from connectors.errors import AuthFailed

MOST = 200 * 1024 * 1024
"""Bytes of a file that anybody is handed."""


def pieces(connector: Connector, place: Place, inside: Collection[str] = ()) -> Generator[bytes]:
    """The bytes at a place. The key goes to the API alone: where that leads elsewhere, it is asked without. inside:
    hosts that may be private. Raises the errors of `connectors.errors`."""
    link = place.link
    if place.path:
        with ExitStack() as stack:
            response = _opened(connector.talk, place.path, stack)
            if not response.has_redirect_location:
                yield from response.iter_bytes()
                return
            link = urljoin(str(response.url), response.headers["Location"])
    home = urlsplit(connector.talk.base_url)
    yield from guard.fetch(
        link,
        most=MOST,
        seconds=connector.talk.seconds,
        inside=(*inside, home.hostname or ""),
        plain=home.scheme == "http",
        transport=_mounted(link),
    )


def _opened(talk: http.Talk, path: str, stack: ExitStack) -> httpx.Response:
    """What an address answers, after a stale token once more with a fresh one."""
    try:
        return stack.enter_context(talk.opened(path))
    except AuthFailed:
        if talk.renew is None:
            raise
        talk.credentials = talk.renew(talk.credentials)
        return stack.enter_context(talk.opened(path))


def _mounted(link: str) -> httpx.BaseTransport | None:
    """What answers for the link's host in the network's place."""
    parts = urlsplit(link)
    origin = f"{parts.scheme}://{parts.netloc}"
    return next((each for base, each in http.mounts.items() if f"{base}/".startswith(f"{origin}/")), None)
