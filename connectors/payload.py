"""What a request carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import msgspec

from connectors.unified.actions import File


@dataclass(frozen=True, slots=True)
class Payload:
    """What a request carries: JSON, or a file, alone or in a part of a form."""

    body: Any = None
    form: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    file: File | None = None
    opened: BinaryIO | None = None

    def sent(self, headers: dict[str, str]) -> dict[str, Any]:
        """The same as httpx takes it; a Content-Type that it does not set by itself goes into the headers."""
        if self.part and self.file and self.opened:
            kind = self.file.content_type or "application/octet-stream"
            return {"data": dict(self.form), "files": {self.part: (self.file.name, self.opened, kind)}}
        if self.file and self.opened:
            headers |= {"Content-Type": "application/octet-stream", "Content-Length": str(self.file.size)}
            return {"content": self.opened}
        if self.body is None:
            return {}
        headers["Content-Type"] = "application/json"
        return {"content": msgspec.json.encode(self.body)}
