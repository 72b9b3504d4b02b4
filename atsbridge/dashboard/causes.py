"""What brought a change, in words with a link where there is a page: a sync, a webhook, a person, the provider."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html

from atsbridge.actions.models import Action
from atsbridge.records.models import Change
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Person
from connectors.unified.actions import BY_SLUG

WORDS = {
    "detail": "when the record was opened",
    "remap": "read anew by a newer mapping",
    "unlink": "the account was unlinked",
    "webhook": "told by a webhook",
    "history": "told by the provider's own history",
}


class Causes:
    """The causes of some changes: three look-ups, however many there are. acts: the reader may see actions."""

    def __init__(self, slug: str, changes: Iterable[Change], *, acts: bool = False) -> None:
        self.slug, self.acts = slug, acts
        ids: dict[str, set[UUID]] = {"run": set(), "settings": set(), "action": set()}
        for change in changes:
            if change.cause in ids and change.cause_id:
                ids[change.cause].add(change.cause_id)
        self.runs: dict[UUID | None, int] = dict(Run.objects.filter(id__in=ids["run"]).values_list("id", "number"))
        people = Person.objects.filter(pk__in=ids["settings"])
        self.people: dict[UUID | None, str] = {each.pk: str(each) for each in people}

        self.actions = {each.pk: each for each in Action.objects.filter(pk__in=ids["action"]).only("kind", "by")}

    def by(self, change: Change) -> str:
        """What brought one of them."""
        if change.cause == "run" and change.cause_id in self.runs:
            address = reverse("run", args=[self.slug, change.cause_id])
            return format_html('by <a href="{}">sync {}</a>', address, f"{self.runs[change.cause_id]:,}")
        if change.cause == "settings" and change.cause_id in self.people:
            return format_html("by <bdi>{}</bdi>", self.people[change.cause_id])
        if change.cause == "action":
            return self._action(self.actions.get(change.cause_id)) if change.cause_id else ""
        return WORDS.get(change.cause, "")

    def _action(self, action: Action | None) -> str:
        if action is None:
            return "by an action here"
        label = BY_SLUG[action.kind].label
        if not self.acts:
            return f"by an action here, “{label}”"
        address = reverse("action", args=[self.slug, action.pk])
        return format_html('by “<a href="{}">{}</a>” of <bdi>{}</bdi>', address, label, action.by)
