"""What a file is, by its content alone: names and what a sender says of it prove nothing.

A literal table of the few kinds that people send; whatever else is bytes. Programs, and pages that could run a script
where they are opened, are none of ours to pass on.
"""

import codecs
import re

HEAD = 64 * 1024
"""Bytes of the beginning that are looked at."""
BYTES = "application/octet-stream"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
)
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!")
ZIPPED: tuple[tuple[bytes, str], ...] = (
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"word/", WORD),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
)
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
PROLOGUE = re.compile(r"\A(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""What stands in no text, whatever its encoding."""
ACTIVE = re.compile(r"<(?:[\w-]+:)?(?:svg|html|script|body|iframe|object|embed)\b", re.IGNORECASE)


class Active(ValueError):
    """It could do something where it is opened; the text says what it is."""


def of(head: bytes) -> str:
    """The MIME type of a file that begins so; raises Active."""
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return next((kind for mark, kind in ZIPPED if mark in head), "application/zip")
    if head.startswith(PROGRAMS) and (b"\0" in head or head.startswith(b"#!")):
        raise Active("a program")
    return _text(head)


def _text(head: bytes) -> str:
    mark, encoding = next((each for each in MARKS if head.startswith(each[0])), (b"", "utf-8"))
    words = PROLOGUE.sub("", head[len(mark) :].decode(encoding, "replace"), count=1)
    if words.startswith("<!") or (words.startswith("<") and ACTIVE.search(words)):
        raise Active("a page that could run a script")
    if words.startswith("<"):
        return "application/xml"
    return BYTES if CONTROL.search(words) else "text/plain"
