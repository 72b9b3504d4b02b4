"""What a status of the emulated CATS does by itself when it is come to, and what it asks for first."""

from dataclasses import dataclass


@dataclass(slots=True)
class Trigger:
    """Something that happens with a change to a status: by default, unless it is switched off, or always."""

    id: int
    description: str
    is_required: bool
    is_default: bool


@dataclass(slots=True)
class Prerequisite:
    """What must be there before a change to a status; `needs` is resume, email or rating."""

    id: int
    description: str
    needs: str
