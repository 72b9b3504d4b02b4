"""A mail server that behaves as it is told."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Session(socketserver.StreamRequestHandler):
    """One conversation: every recipient is answered with the server's `recipient`; "" breaks off after the text."""

    def handle(self) -> None:
        """Answer line by line."""
        self.say("220 here")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"RCPT":
                self.say(self.server.recipient)  # type: ignore[attr-defined]
            elif word == b"DATA":
                self.say("354 go on")
                self.server.texts.append(self.text())  # type: ignore[attr-defined]
                if self.server.breaks:  # type: ignore[attr-defined]
                    return
                self.say("250 taken")
            else:
                self.say("221 bye" if word == b"QUIT" else "250 fine")

    def text(self) -> str:
        """A mail as it comes, to its dot."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines).decode()

    def say(self, words: str) -> None:
        """One line."""
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def serving(settings: Any, recipient: str = "250 fine", *, breaks: bool = False) -> Iterator[list[str]]:
    """Serve on a port of loopback, and have mail sent there; gives the mails that came."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.recipient, server.breaks, server.texts = recipient, breaks, []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.MAILERS = mailers(server.server_address[1])
        yield server.texts  # type: ignore[attr-defined]
        server.shutdown()


def mailers(port: int) -> dict[str, Any]:
    """The setting that sends mail to a port of loopback."""
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
