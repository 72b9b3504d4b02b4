"""The log of requests to providers; `opening` keeps it in transactions of its own, so that what fails is there too."""

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import UUID

from django.db.models import Q

from atsbridge.connections.models import Connection, Exchange
from connectors import http

HIDDEN = "•••"
SECRET_PARAMETERS = re.compile(
    r"((?:^|&)[^=&]*(?:key|token|secret|password|signature|authorization)[^=&]*=)[^&]*", re.IGNORECASE
)
FAILED = ~Q(error="") & ~Q(status=404)
"""A 404 is an answer: the record is gone."""
RECENT = 1000
NO_MORE = "What was said is no longer kept"
"""Stands for a provider's words that were emptied."""


class Log:
    """Keeps exchanges. `walk` may be set anew while a connector is open; `secrets` are blacked out everywhere."""

    def __init__(
        self,
        tenant_id: UUID,
        connection_id: UUID | None,
        *,
        by: str,
        by_id: UUID | None = None,
        walk: str = "",
        secrets: Iterable[str] = (),
    ) -> None:
        self.row: dict[str, Any] = {"tenant_id": tenant_id, "connection_id": connection_id, "by": by, "by_id": by_id}
        self.walk = walk
        self.secrets: set[str] = set()
        self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """Black these out from now on, as they are and as an address spells them."""
        for secret in secrets:
            if len(secret) > 3:
                self.secrets |= {secret, quote(secret, safe=""), quote_plus(secret)}

    def __call__(self, exchanges: Sequence[http.Exchange]) -> None:
        """Keep exchanges; their bodies only where they failed."""
        Exchange.objects.bulk_create([self._row(each, each.body) for each in exchanges])

    def without_bodies(self, exchanges: Sequence[http.Exchange]) -> None:
        """Keep exchanges whose bodies may hold secrets."""
        Exchange.objects.bulk_create([self._row(each, b"") for each in exchanges])

    def _row(self, exchange: http.Exchange, body: bytes) -> Exchange:
        return Exchange(
            **self.row,
            walk=self.walk,
            at=exchange.started_at,
            method=exchange.method,
            path=self.clean(exchange.path)[:500],
            query=SECRET_PARAMETERS.sub(rf"\1{HIDDEN}", self.clean(exchange.query))[:2000],
            status=exchange.status,
            ms=exchange.ms,
            size=exchange.size,
            request_headers=self._headers(exchange.request_headers),
            response_headers=self._headers(exchange.response_headers),
            body=zlib.compress(self.clean(body.decode("utf-8", "replace")).encode()) if body else b"",
            error=self.clean(exchange.error)[:500],
            said_at=exchange.started_at if exchange.error or body else None,
        )

    def clean(self, words: str) -> str:
        """Words without secrets, and without NUL, which PostgreSQL refuses."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            words = words.replace(secret, HIDDEN)
        return words.replace("\x00", "\N{REPLACEMENT CHARACTER}")

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {name: self.clean(value) for name, value in headers.items()}


def body(exchange: Exchange) -> str:
    """The kept body of a failed exchange as text, "" where none was kept."""
    return zlib.decompress(exchange.body).decode("utf-8", "replace") if exchange.body else ""


def failures(connection: Connection, count: int = 5) -> list[Exchange]:
    """The last that went wrong of a connection's last thousand exchanges, newest first, without their bodies."""
    oldest = connection.exchanges.order_by("-id").values_list("id", flat=True)[RECENT : RECENT + 1]
    recent = connection.exchanges.filter(FAILED, id__gt=max(oldest, default=0))
    return list(recent.defer("body", "request_headers").order_by("-id")[:count])
