"""The numbers beside the side menu's entries: three queries, whatever there is."""

from django.db.models import Count, Q, Sum

from atsbridge.connections.models import Connection, State
from atsbridge.records.models import Total
from atsbridge.sync.models import Run

COUNTED = {"job": "jobs", "candidate": "candidates", "application": "applications"}


def frame_counts() -> dict[str, int]:
    """How many records, running runs and connections the tenant in scope has: jobs, candidates, applications, running,
    connections, broken.
    """
    totals = Total.objects.filter(model__in=COUNTED).values_list("model").annotate(Sum("count"))
    linked = Connection.objects.exclude(state=State.UNLINKING)
    return {
        **dict.fromkeys(COUNTED.values(), 0),
        **{COUNTED[model]: count for model, count in totals},
        "running": Run.objects.filter(ended_at__isnull=True).count(),
        **linked.aggregate(connections=Count("pk"), broken=Count("pk", filter=Q(state=State.NEEDS_RELINK))),
    }
