"""What a test started ends with the test, however that ends."""

import subprocess
from collections.abc import Iterable

GUARD = (
    'trap "" INT TERM HUP; while read -r groups; do last=$groups; done; for one in $last; do kill -KILL -"$one"; done'
)
"""Ends the groups that it was last told of when whoever tells it is gone, by `kill -9` too."""


class Guard:
    """Sees to it that what a test started outlives the test in no case."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(["/bin/sh", "-c", GUARD], stdin=subprocess.PIPE, text=True, process_group=0)

    def watch(self, groups: Iterable[int]) -> None:
        """These are the process groups that run now."""
        assert self.process.stdin
        print(*groups, file=self.process.stdin, flush=True)

    def leave(self) -> None:
        """Nothing runs any more."""
        self.watch([])
        self.process.communicate()
