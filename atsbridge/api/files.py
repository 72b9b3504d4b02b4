"""Files on their way out: behind an address that is signed and ends, or to a machine that names that address."""

from http import HTTPStatus
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from atsbridge.api import accounts, parameters
from atsbridge.api.errors import Refusal, machine, missing, only_reading
from atsbridge.sync import downloads
from atsbridge.sync.downloads import Ticket
from atsbridge.tenants.access import Request, api_key
from connectors.errors import ConnectorError, NotFound, RateLimited, Unsupported

ROUTE = "POST /unified/ats/attachments/download"
FIELDS = ("file_url",)
STATUSES: dict[type[ConnectorError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    Unsupported: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConnectorError: HTTPStatus.BAD_GATEWAY,
}
"""Why a file cannot be read → how that is told; the first that fits."""


@machine
def one(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET /files/{token}: the address that a record's `file_url` has. Whoever has it needs no key."""
    return only_reading(request) or _sent(_ticket(token))


@machine
@api_key("read")
def download(request: Request, **_: str) -> HttpResponseBase:
    """POST /unified/ats/attachments/download?file_url="""
    asked = parameters.of_write(request.GET, ROUTE, FIELDS)
    connection = accounts.find(asked.account)
    if "file_url" not in asked.given:
        raise Refusal(HTTPStatus.BAD_REQUEST, "file_url is required: the file_url of an attachment.")
    ticket = _ticket(asked.given["file_url"])
    if not connection.records.filter(pk=ticket[1]).exists():
        raise missing("This connection has no such file.")
    return _sent(ticket)


def _ticket(address: str) -> Ticket:
    try:
        return downloads.ticket(address)
    except downloads.Unknown as unknown:
        raise missing(str(unknown)) from unknown


def _sent(ticket: Ticket) -> HttpResponseBase:
    """The file, streamed; a browser keeps it instead of opening it."""
    try:
        file = downloads.download(*ticket[:2])
    except ConnectorError as error:
        raise _refusal(error) from error
    name = file.name or "file"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Encoding": "identity",  # else it is packed anew on its way out
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(file.pieces, content_type=file.content_type, headers=headers)


def _refusal(error: ConnectorError) -> Refusal:
    """Why a file is not there, and what helps where that is not in the words."""
    kind, status = next(each for each in STATUSES.items() if isinstance(error, each[0]))
    wait = {"Retry-After": str(int(error.wait) + 1)} if isinstance(error, RateLimited) else None
    next_step = f". {error.next_step}" if kind is ConnectorError else "." if kind is NotFound else ""
    message = error.message.rstrip(".") if kind is NotFound else error.message
    return Refusal(status, f"{message}{next_step}", headers=wait)
