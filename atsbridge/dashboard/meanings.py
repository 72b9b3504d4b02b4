"""What an account's own statuses mean, as we guess it and as somebody says."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms

from atsbridge.connections.models import Connection
from atsbridge.records import beside
from atsbridge.sync.meanings import Chosen
from connectors.declarations import Meaning, Status

GUESS = "guess"
"""What stands for "leave it to us"."""


class MeaningsForm(forms.Form):
    """One choice for each status that the account has, or had when somebody chose."""

    def __init__(self, connection: Connection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [(kind, kind.statuses(beside.answers(connection))) for kind in connection.speaks.meanings]
        for kind, statuses in self.kinds:
            said = connection.meanings.get(kind.slug, {})
            for status in statuses:
                self.fields[_name(kind, status)] = forms.ChoiceField(
                    label=status.title,
                    choices=_choices(kind, status),
                    initial=said.get(status.id, GUESS),
                )

    def groups(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """(kind, group, its statuses) in the account's order."""
        for kind, statuses in self.kinds:
            for group, some in groupby(statuses, key=lambda status: status.group):
                yield kind.label, group, [self[_name(kind, status)] for status in some]

    @property
    def chosen(self) -> Chosen:
        """What was said, without what is left to us."""
        return {
            kind.slug: {
                status.id: word for status in statuses if (word := self.cleaned_data[_name(kind, status)]) != GUESS
            }
            for kind, statuses in self.kinds
        }


def _choices(kind: Meaning, status: Status) -> list[tuple[str, str]]:
    guess = kind.words.get(status.guess, status.guess or "not known")
    return [(GUESS, f"As it reads: {guess.lower()}"), *((str(word), label) for word, label in kind.words.items())]


def _name(kind: Meaning, status: Status) -> str:
    return f"{kind.slug}-{status.id}"
