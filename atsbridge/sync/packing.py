"""The ids that a page carried, packed: about half a kilobyte for a hundred numbers."""

import zlib
from collections.abc import Iterable


def pack(ids: Iterable[tuple[str, str]]) -> bytes:
    """(model, remote id) pairs as compressed text, each pair once."""
    by_model: dict[str, dict[str, None]] = {}
    for model, remote_id in ids:
        by_model.setdefault(model, {})[remote_id] = None
    lines = (f"{model}\x1f" + "\x1f".join(some) for model, some in by_model.items())
    return zlib.compress("\x1e".join(lines).encode("utf-8"))


def unpack(packed: bytes) -> dict[str, list[str]]:
    """`{model: [remote id, …]}`."""
    if not packed:
        return {}
    lines = zlib.decompress(packed).decode("utf-8").split("\x1e")
    return {model: some for model, *some in (line.split("\x1f") for line in lines) if model}
