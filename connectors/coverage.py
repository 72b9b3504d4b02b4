"""What each ATS fills, computed from its mappings, so that the matrix cannot drift from the code.

matrix([Homerun, Cats]) → one `Coverage` a connector
    .models["candidate"] → whether it is read, or why not
        .fields["tags"]  → where it comes from, or why it cannot
    .features["deletion_detection"] → what else it can, or why not
    .actions["add_tag"] → whether it can be written, and what becomes of the fields without a place; or why not
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors import acting, unified
from connectors.base import Connector, Resource
from connectors.mapping import Always, At, Known, Mapping, Unavailable, Word
from connectors.unified.actions import ACTIONS, Input

FEATURES = {
    "credential_check": "Credential check",
    "deletion_detection": "Deletion detection",
}
"""What every connector is asked about besides its models; what one declares beyond these is added."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value is read: in which list, in which answer ("" is the list's row), at which path ("" for the whole).

    fixed: the value is the same for every record. beside: it also needs what the account knows beside its rows.
    """

    resource: str
    source: str = ""
    path: str = ""
    fixed: bool = False
    beside: bool = False

    def __str__(self) -> str:
        if self.fixed:
            return "always the same"
        return self.path or ("from the account's settings" if self.beside else "the whole answer")


@dataclass(frozen=True, slots=True)
class FieldCoverage:
    """One field: its origins, or the reason why it is empty. on_opening: it costs a call of its own."""

    name: str
    label: str
    meaning: str
    origins: tuple[Origin, ...] = ()
    on_opening: bool = False
    reason: str = ""

    @property
    def filled(self) -> bool:
        """Whether the provider gives it."""
        return bool(self.origins)


@dataclass(frozen=True, slots=True)
class ModelCoverage:
    """One model: its fields where it is read, else the reason why not. on_opening: opening its owner brings it."""

    slug: str
    label: str
    plural: str
    fields: dict[str, FieldCoverage]
    on_opening: bool = False
    reason: str = ""

    @property
    def read(self) -> bool:
        """Whether the provider has it and we read it."""
        return bool(self.fields)

    @property
    def filled(self) -> int:
        """How many of its fields the provider gives."""
        return sum(field.filled for field in self.fields.values())


@dataclass(frozen=True, slots=True)
class Feature:
    """Something else that a connector can do, in a sentence, or why it cannot."""

    slug: str
    label: str
    able: bool
    says: str


@dataclass(frozen=True, slots=True)
class ActionCoverage:
    """One action: what should be known before, or why it cannot be done. lacks: fields without a place, by their
    labels → what becomes of them."""

    slug: str
    label: str
    able: bool
    says: str
    lacks: dict[str, str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """All that one connector gives, takes, and cannot."""

    connector: type[Connector]
    models: dict[str, ModelCoverage]
    features: dict[str, Feature]
    actions: dict[str, ActionCoverage]


_known: dict[type[Connector], Coverage] = {}


@dataclass(frozen=True, slots=True)
class _Use:
    """One mapping in its place: the list that carries it, and whether only a detail brings it."""

    resource: Resource
    mapping: Mapping
    on_opening: bool


def matrix(connectors: Iterable[type[Connector]]) -> list[Coverage]:
    """The coverage of several connectors, with the same models and features each."""
    asked = list(connectors)
    features = dict(FEATURES)
    for connector in asked:
        features |= {slug: _words(slug) for slug in connector.features if slug not in features}
    return [_coverage(connector, features) for connector in asked]


def of(connector: type[Connector]) -> Coverage:
    """The coverage of one connector, computed once."""
    if connector not in _known:
        _known[connector] = matrix([connector])[0]
    return _known[connector]


def _coverage(connector: type[Connector], features: dict[str, str]) -> Coverage:
    return Coverage(
        connector,
        models={model.slug: _model(connector, model) for model in unified.MODELS},
        features={slug: _feature(connector, slug, label) for slug, label in features.items()},
        actions={action.slug: _action(connector, action) for action in ACTIONS},
    )


def _model(connector: type[Connector], model: type[unified.Model]) -> ModelCoverage:
    uses = [use for use in _uses(connector) if use.mapping.model is model]
    plural = _words(model.plural)
    if not uses:
        reason = connector.lacks.get(model.slug, f"{connector.name} shows none")
        return ModelCoverage(model.slug, model.label, plural, {}, reason=reason)
    fields = {name: _field(shape, uses) for name, shape in model.fields().items()}
    return ModelCoverage(model.slug, model.label, plural, fields, on_opening=all(use.on_opening for use in uses))


def _uses(connector: type[Connector]) -> Iterator[_Use]:
    for resource in connector.resources:
        for mapping in resource.makes:
            yield _Use(resource, mapping, on_opening=bool(mapping.detail))
        for mapping in resource.detail.makes if resource.detail else ():
            yield _Use(resource, mapping, on_opening=True)


def _field(shape: unified.Field, uses: list[_Use]) -> FieldCoverage:
    origins: dict[Origin, bool] = {}
    reasons: list[str] = []
    for use in uses:
        word = use.mapping.fields[shape.name]
        if isinstance(word, Unavailable):
            reasons.append(word.reason)
        for origin in _origins(use, word):
            origins[origin] = use.on_opening or bool(origin.source)
    return FieldCoverage(
        shape.name,
        shape.label,
        shape.meaning,
        origins=tuple(origins),
        on_opening=bool(origins) and all(origins.values()),
        reason="" if origins else reasons[0],
    )


def _origins(use: _Use, word: Word) -> Iterator[Origin]:
    if isinstance(word, Always):
        yield Origin(use.resource.slug, use.mapping.detail, fixed=True)
    elif isinstance(word, At):
        for path in word.paths or ("",):
            beside = isinstance(word, Known)
            yield Origin(use.resource.slug, word.source or use.mapping.detail, path, beside=beside)


def _feature(connector: type[Connector], slug: str, label: str) -> Feature:
    says = connector.features.get(slug, Unavailable(f"{connector.name} has none"))
    if isinstance(says, Unavailable):
        return Feature(slug, label, able=False, says=says.reason)
    return Feature(slug, label, able=True, says=says)


def _action(connector: type[Connector], action: type[Input]) -> ActionCoverage:
    act = connector.actions.get(action.slug, Unavailable(f"{connector.name} takes none"))
    if isinstance(act, Unavailable):
        return ActionCoverage(action.slug, action.label, able=False, says=act.reason, lacks={})
    lacks = {acting.words(name): why for name, why in act.lacks.items()}
    return ActionCoverage(action.slug, action.label, able=True, says=act.says, lacks=lacks)


def _words(slug: str) -> str:
    return slug.replace("_", " ").capitalize()
