"""What the link flow says about an ATS before it is linked."""

from django import template

from atsbridge.dashboard import checks
from connectors.coverage import Coverage

register = template.Library()


@register.filter
def read_models(coverage: Coverage) -> str:
    """What is read, by name: "jobs, candidates and notes"."""
    return checks.labels(slug for slug, model in coverage.models.items() if model.read).capitalize()


@register.filter
def impossible(coverage: Coverage) -> list[tuple[str, str]]:
    """What cannot be had, and why: whole models first, then the features that the connector itself speaks of."""
    models = [(model.plural, model.reason) for model in coverage.models.values() if not model.read]
    spoken = [feature for slug, feature in coverage.features.items() if slug in coverage.connector.features]
    return models + [(feature.label, feature.says) for feature in spoken if not feature.able]


@register.filter
def count_of(counts: dict[str, int], slug: str) -> int:
    """How many of this connector."""
    return counts.get(slug, 0)
