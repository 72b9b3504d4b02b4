"""A bridge from httpx to requests, for `responses`."""

import httpx
import requests


class Forward(httpx.BaseTransport):
    """Sends what httpx was asked to send through `requests`.

    `responses` answers in the place of `requests` and knows nothing of httpx, while our connectors speak httpx. With
    this transport mounted, a test can pin down one exact request of a connector, and the refusal that it meets, by
    `responses`. Whatever is more than one exchange runs against the emulators instead.
    """

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with what `requests` was answered; its failures become httpx's own."""
        headers = {name.decode(): value.decode() for name, value in request.headers.raw}
        body = request.read() or None
        prepared = requests.Request(request.method, str(request.url), headers=headers, data=body).prepare()
        try:
            with requests.Session() as session:
                answer = session.send(prepared, allow_redirects=False)
        except requests.Timeout as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        except requests.ConnectionError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content, request=request)
