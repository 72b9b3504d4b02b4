"""Why an action is not taken in; each text names the field or the next step. Nothing of it is stored.

Wrong
├── Impossible    the ATS cannot do it, whatever is given
├── Denied        the connection's key may not do it
├── Reused        the caller's key was used for something else
├── TooLarge      a file is larger than the ATS takes
└── NoRoom        this installation has no room for a file
"""


class Wrong(Exception):
    """What was given cannot be done."""


class Impossible(Wrong):
    """The ATS cannot do it; the text says why."""


class Denied(Wrong):
    """The connection's key may not do it. scope: what it lacks."""

    def __init__(self, words: str, scope: str) -> None:
        super().__init__(words)
        self.scope = scope


class Reused(Wrong):
    """The Idempotency-Key was used for something else."""


class TooLarge(Wrong):
    """A file is larger than the ATS takes."""


class NoRoom(Wrong):
    """This installation could not store a file."""
