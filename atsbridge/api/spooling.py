"""Large JSON bodies without holding them: the body goes to a file, and its long texts stay there.

What is left is small JSON in which a word stands for each long text; the text is read from the file, piece by piece,
when somebody wants it.
"""

import binascii
import mmap
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from tempfile import TemporaryFile

LONG = 256 * 1024
"""Bytes of a text that stays in the file; no field but a file's content may be as long."""
CHUNK = 64 * 1024
TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
DATA_URL = re.compile(rb"\Adata:[^,]{0,200};base64,")


class Spooled:
    """A body in a file. `small`: its JSON without long texts; `words`: what stands there for them."""

    def __init__(self, read: Callable[[int], bytes], most: int) -> None:
        self._file = TemporaryFile()  # noqa: SIM115
        while chunk := read(CHUNK):
            self._file.write(chunk)
        self._file.flush()
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        self.words: dict[str, tuple[int, int]] = {}
        self.small = self._lifted(most)

    def close(self) -> None:
        """Let the file go."""
        self._map.close()
        self._file.close()

    def text(self, word: str) -> Iterator[bytes]:
        """A long text, as it stands in the body, piece by piece."""
        start, end = self.words[word]
        for place in range(start, end, CHUNK):
            yield self._map[place : min(place + CHUNK, end)]

    def _lifted(self, most: int) -> bytes:
        """The body with words for its long texts, at most so much of it."""
        small, done, salt = bytearray(), 0, secrets.token_hex(8)
        for start, end in (found.span() for found in TEXT.finditer(self._map)):
            if end - start <= LONG:
                continue
            word = f"{salt}{len(self.words)}"
            small += self._map[done:start] + f'"{word}"'.encode()
            self.words[word], done = (start + 1, end - 1), end
            if len(small) > most:
                break
        return bytes(small) + self._map[done : done + most]


def decoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Base64, as JSON may spell it, in pieces of any length → the bytes; raises binascii.Error."""
    rest = b""
    for number, piece in enumerate(pieces):
        joined = rest + piece
        if number == 0:
            joined = DATA_URL.sub(b"", joined)
        kept = joined.replace(b"\\/", b"/").replace(b"\\r", b"").replace(b"\\n", b"").translate(None, b" \r\n\t")
        whole = len(kept) - len(kept) % 4 - (4 if kept.endswith(b"\\") else 0)
        whole = max(whole, 0)
        rest = kept[whole:]
        if whole:
            yield binascii.a2b_base64(kept[:whole], strict_mode=True)
    if rest:
        yield binascii.a2b_base64(rest + b"=" * (-len(rest) % 4), strict_mode=True)
