"""The ids that pages carried: packed for the database, about half a kilobyte for a hundred numbers, and told again."""

import secrets
import zlib
from array import array
from bisect import bisect_left
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


class Met:
    """The remote ids that a run met of one model, to be asked with `in`: 8 bytes for each, 2 MB for 200,000.

    Only keyed hashes are kept, in sorted arrays, one for each first byte, so that sorting needs little room too. Two
    ids whose hashes are equal are taken for one: a record that is gone then counts as met. Of 200,000 ids that befalls
    one missing record in 10^14, it deletes nothing that lives, and it lasts for one run, for the key is drawn anew.
    """

    def __init__(self) -> None:
        self._key = secrets.token_hex(8)
        self._drawers = [array("Q") for _ in range(256)]

    @classmethod
    def of(cls, pages: Iterable[bytes], models: Iterable[str]) -> "dict[str, Met]":
        """What packed pages carried of these models; one page at a time is unpacked."""
        found = {model: cls() for model in models}
        for packed in pages:
            for model, some in unpack(packed).items():
                if model in found:
                    found[model]._add(some)
        for met in found.values():
            met._sort()
        return found

    def __contains__(self, remote_id: object) -> bool:
        number = self._hash(str(remote_id))
        drawer = self._drawers[number >> 56]
        place = bisect_left(drawer, number)
        return place < len(drawer) and drawer[place] == number

    def __len__(self) -> int:
        return sum(map(len, self._drawers))

    def _add(self, remote_ids: Iterable[str]) -> None:
        for number in map(self._hash, remote_ids):
            self._drawers[number >> 56].append(number)

    def _sort(self) -> None:
        for number, drawer in enumerate(self._drawers):
            self._drawers[number] = array("Q", sorted(set(drawer)))

    def _hash(self, remote_id: str) -> int:
        return hash(self._key + remote_id) & 0xFFFFFFFFFFFFFFFF
