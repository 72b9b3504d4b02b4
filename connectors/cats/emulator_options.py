"""The habits of an emulated CATS account, and what all of its answers have in common."""

from dataclasses import dataclass
from typing import Any

type Json = dict[str, Any]


@dataclass(slots=True)
class Options:
    """Habits of CATS's that differ between accounts, endpoints or years.

    refuse_large_pages: per_page over 100 is a 400 instead of being taken as 100. next_link: relative, absolute, query
    (`?page=2`), slashless or missing. total: number, text, null or missing. mixed_offsets: pipelines in -05:00.
    key_slip: attachments stand under `activities`. workflow_key: a job's key for its workflow. pipeline_workflow:
    pipelines name theirs. text_ids: references come as text. bare_dates: dates where times belong. sparse: people
    without embeds of e-mail, phone and history. numeric_kinds: `data_item.type` is a number. escaped: descriptions with
    escaped markup.
    dates_searchable: filters by date of people and jobs too, not of pipelines and activities alone. ids_searchable:
    filters by id. status_bumps: a new status is a change of the pipeline's date. tags_bump: tags of a person's date.
    orphans_told: pipelines that go with a person or a job have their own events. events: plain, unreadable or absent.
    dated: answers carry the time.
    deliveries_repeat, deliveries_reordered: calls to webhooks come twice, or backwards. deliveries_delay: in seconds.
    """

    refuse_large_pages: bool = False
    next_link: str = "relative"
    total: str = "number"
    mixed_offsets: bool = False
    key_slip: bool = False
    workflow_key: str = "pipeline_workflow_id"
    pipeline_workflow: bool = True
    text_ids: bool = False
    bare_dates: bool = False
    sparse: bool = False
    numeric_kinds: bool = False
    escaped: bool = False
    dates_searchable: bool = False
    ids_searchable: bool = True
    status_bumps: bool = True
    tags_bump: bool = False
    orphans_told: bool = False
    events: str = "plain"
    dated: bool = True
    deliveries_repeat: bool = False
    deliveries_reordered: bool = False
    deliveries_delay: float = 0


def links(path: str, **more: str) -> Json:
    """The links of a record, relative and without /v3."""
    return {name: {"href": href} for name, href in {"self": path, **more}.items()}
