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


@machine
def one(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET /files/{token}: the address that a record's `file_url` has. Whoever has it needs no key."""
    return only_reading(request) or _sent(_ticket(token))


@machine
@api_key("read")
def download(request: Request, **_: str) -> HttpResponseBase:
    """POST /unified/ats/attachments/download?file_url="""
    asked = parameters.of_write(request.GET, ROUTE, ("file_url",))
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
    except NotFound as gone:
        raise missing(f"{gone.message.rstrip('.')}.") from gone
    except RateLimited as limited:
        wait = {"Retry-After": str(int(limited.wait) + 1)}
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, limited.message, headers=wait) from limited
    except Unsupported as unsupported:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, unsupported.message) from unsupported
    except ConnectorError as error:
        raise Refusal(HTTPStatus.BAD_GATEWAY, f"{error.message}. {error.next_step}") from error
    name = file.name or "file"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Encoding": "identity",  # else it is packed anew on its way out
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(file.pieces, content_type=file.content_type, headers=headers)
