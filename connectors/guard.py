"""Asking addresses that others name: public hosts only, and the very address that was judged is the one asked.

A name is resolved once, here, for every connection, so for every redirect as well; whatever it resolves to has to be
public, in any of the spellings in which IPv6 carries IPv4 addresses.
"""

import socket
import time
from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from connectors import deadline
from connectors.errors import Rejected, TemporaryFailure
from connectors.http import tls

HOPS = 5
HEADERS = {"User-Agent": "atsbridge", "Accept": "*/*", "Accept-Encoding": "identity"}
TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that a gateway turns into the IPv4 address in their last 32 bits."""


def fetch(
    url: str,
    *,
    most: int,
    seconds: float,
    inside: Collection[str] = (),
    plain: bool = False,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[bytes]:
    """The content behind an address, piece by piece. inside: hosts that may be private. plain: http is taken as well.
    transport: what answers instead of the network.

    Raises Rejected where it may not be asked or gives nothing, TemporaryFailure where it might later.
    """
    transport = transport or deadline.transport(tls(), httpx.Limits(max_connections=1), _Guarded(inside))
    try:
        with httpx.Client(transport=transport, timeout=30, follow_redirects=False, trust_env=False) as client:
            yield from _followed(client, url, most, time.monotonic() + seconds, inside, plain)
    except httpx.HTTPError as error:
        raise TemporaryFailure(f"The file could not be fetched ({type(error).__name__})", sent=False) from error


def judge(url: str, *, inside: Collection[str] = (), plain: bool = False) -> None:
    """Raise Rejected for an address that is not asked, wherever a name in it leads to."""
    try:
        parts = urlsplit(url)
        host, asked = parts.hostname, httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as error:
        raise Rejected("A file's address has to be a whole https address") from error
    if asked.scheme != "https" and not (plain and asked.scheme == "http"):
        raise Rejected(f"A file is fetched by https only, not by {asked.scheme or 'nothing'}")
    if not host or "@" in parts.netloc:
        raise Rejected("A file's address names a host, and no user or password")
    if host not in inside and not _may_be_public(host):
        raise Rejected(_no_public(host))


def _may_be_public(host: str) -> bool:
    """Whether a host is a public address, or a name, of which that is seen when it is asked."""
    try:
        return public(ip_address(host.partition("%")[0]))
    except ValueError:
        return True


def _no_public(host: str) -> str:
    return f"{host} is no public address, and files are fetched from those alone"


def public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet, and so is any that it stands for."""
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in TRANSLATED or int(address) >> 32 == 0:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
        if address.is_site_local or not all(public(each) for each in inner if each):
            return False
        if address.ipv4_mapped:
            return True
    return address.is_global and not address.is_multicast


def _followed(
    client: httpx.Client, url: str, most: int, until: float, inside: Collection[str], plain: bool
) -> Iterator[bytes]:
    for _ in range(HOPS + 1):
        judge(url, inside=inside, plain=plain)
        client.cookies.clear()
        with deadline.until(until), client.stream("GET", url, headers=HEADERS) as response:
            if response.has_redirect_location:
                url = urljoin(url, response.headers["Location"])
                continue
            _accept(response, most)
            yield from _pieces(response, most)
            return
    raise Rejected("The file's address leads from one to the next without end")


def _accept(response: httpx.Response, most: int) -> None:
    status, length = response.status_code, response.headers.get("Content-Length", "")
    if status == 429 or status >= 500:
        raise TemporaryFailure(f"The file's address answered {status}", status=status, sent=False)
    if status != 200:
        raise Rejected(f"The file's address answered {status}")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Rejected("The file's address answered something packed, which nobody asked for")
    if length.isdigit() and int(length) > most:
        raise Rejected(_too_large(most))


def _pieces(response: httpx.Response, most: int) -> Iterator[bytes]:
    size = 0
    for piece in response.iter_raw():
        size += len(piece)
        if size > most:
            raise Rejected(_too_large(most))
        yield piece


def _too_large(most: int) -> str:
    return f"The file at this address is larger than the {most // 1024 // 1024} MB that are taken"


class _Guarded(deadline.Backend):
    def __init__(self, inside: Collection[str]) -> None:
        super().__init__()
        self.inside = inside

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        """Where a host is, all of it public; raises Rejected."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if host not in self.inside and not all(public(ip_address(each.partition("%")[0])) for each in addresses):
            raise Rejected(_no_public(host))
        return addresses
