"""What every connector inherits."""

import hashlib
import inspect
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from connectors import unified
from connectors.acting import Act, Wrote
from connectors.credentials import Secret, Signer, Values
from connectors.declarations import (
    Account,
    Detail,
    Limit,
    Meaning,
    Page,
    Parts,
    Permission,
    Place,
    Resource,
    Setting,
    Verdict,
)
from connectors.errors import ConnectorError, NotFound, ScopeMissing, Unsupported
from connectors.hooks import Feed, Hooks
from connectors.http import Answer, Talk
from connectors.mapping import Beside, Made, Row, Sources, Unavailable
from connectors.paging import Params
from connectors.paths import at, blank

__all__ = ["Account", "Connector", "Detail", "Limit", "Page", "Parts", "Permission", "Resource", "Setting", "Verdict"]


class Connector:
    """How one ATS speaks. Subclasses declare; an instance is bound to one account through `talk`."""

    slug: ClassVar[str]
    name: ClassVar[str]
    base_url: ClassVar[str]
    docs_url: ClassVar[str] = ""
    keys_url: ClassVar[str] = ""
    plan: ClassVar[str] = ""
    credentials: ClassVar[tuple[Secret, ...]]
    sign: ClassVar[Signer]
    limit: ClassVar[Limit]
    statuses: ClassVar[dict[int, type[ConnectorError]]] = {}
    permissions: ClassVar[tuple[Permission, ...]]
    resources: ClassVar[tuple[Resource, ...]]
    lacks: ClassVar[dict[str, str]] = {}
    """Model slug → why this ATS has none of them."""
    features: ClassVar[dict[str, str | Unavailable]] = {}
    """What else it can ("credential_check", "deletion_detection", …) in a sentence, or why not."""
    actions: ClassVar[dict[str, Act | Unavailable]] = {}
    """What can be written with it, by the action's slug, or why not."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    """What a customer may choose about that."""
    meanings: ClassVar[tuple[Meaning, ...]] = ()
    """The kinds of status whose meaning each account decides for itself."""
    hooks: ClassVar[Hooks | None] = None
    feed: ClassVar[Feed | None] = None
    """What it says by itself, where it does."""
    between_sources: ClassVar[str] = ""
    """What stands between the sources of a person, where somebody may have several."""
    mixed_offsets: ClassVar[bool] = False
    """True where equal instants come with different time-zone offsets, so rows are compared by instant."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    # What a connector may say in its own way

    def account(self) -> Account:
        """Whose account this is; raises AuthFailed, PlanRequired, TemporaryFailure."""
        return Account()

    def same_account(self, known: Iterable[tuple[str, str]]) -> bool:
        """Whether at least one of a few known records, (resource slug, remote id), is found with these credentials."""
        return any(self.row(self.resource(slug), remote_id) is not None for slug, remote_id in known)

    def beside(self) -> dict[str, Any]:
        """What the mappings need beside the rows, `{source path: answer}`, read before each run."""
        return {}

    def refresh(self) -> Values:
        """Fresh credentials for stale ones (OAuth); raises AuthFailed."""
        raise NotImplementedError

    @classmethod
    def unwrap(cls, answer: Any) -> Row:
        """One record's row in the answer of its address."""
        return dict(answer)

    @classmethod
    def words(cls, status: int, body: bytes) -> str:
        """The provider's own words about a refusal, else ours."""
        return f"{cls.name} answered {status}"

    def file(self, remote_id: str, owner: str) -> Place:
        """Where one file's bytes are now; owner: the remote id of the record that it came with. Raises NotFound."""
        raise Unsupported(f"{self.name} gives no files")

    # What every connector does alike

    @classmethod
    def resource(cls, slug: str) -> Resource:
        """One of its lists by name; KeyError where there is none."""
        return next((r for r in cls.resources if r.slug == slug), None) or _missing(slug)

    @classmethod
    def home(cls, model: str) -> Resource | None:
        """The list whose rows are this model's records one to one, so that a record of it has an address and a
        detail.
        """
        for resource in cls.resources:
            if model in resource.own:
                return resource
        return None

    @classmethod
    def reads(cls) -> tuple[str, ...]:
        """The slugs of the models that it can read, in the schema's order."""
        made = {slug for resource in cls.resources for slug in resource.models}
        made |= {m.model.slug for resource in cls.resources if resource.detail for m in resource.detail.makes}
        return tuple(model.slug for model in unified.MODELS if model.slug in made)

    @classmethod
    def renews(cls) -> bool:
        """Whether its credentials expire and can be renewed."""
        return cls.refresh is not Connector.refresh

    @classmethod
    def downloads(cls) -> bool:
        """Whether it gives the bytes of files."""
        return cls.file is not Connector.file

    @classmethod
    @cache
    def version(cls) -> str:
        """A mark of how this connector reads rows: it changes when its own code or the schema does."""
        files = [*Path(inspect.getfile(cls)).parent.glob("*.py"), *Path(unified.__file__).parent.glob("*.py")]
        content = b"".join(
            path.read_bytes() for path in sorted(files) if not path.name.startswith(("emulator", "actions", "hooks"))
        )
        return hashlib.blake2s(content, digest_size=6).hexdigest()

    @classmethod
    def limit_headers(cls, headers: Table[str, str]) -> dict[str, str]:
        """The provider's limit headers, kept with the exchange."""
        return {name: headers[name] for name in cls.limit.headers if name in headers}

    def page(self, resource: Resource, params: Params, beside: Beside | None = None) -> Page:
        """Read one page; `params` come from `first` or from the page before. What stands in `beside` costs no call."""
        if resource.told and beside is not None:
            rows = beside.get(resource.told, [])
            return Page(rows, params, None, len(rows), datetime.now(UTC), len(rows), calls=0)
        before = self.talk.calls
        answer = self.ask(resource, params)
        rows = self.rows(resource, answer)
        listed = len(rows)
        following = resource.pages.next(params, answer.data, listed)
        if resource.keeps:
            rows = [row for row in rows if resource.keeps(row)]
        if resource.completes:
            rows = [resource.completes(self.talk, row) for row in rows]
        total = at(answer.data, resource.total) if resource.total else None
        return Page(
            rows=rows,
            params=params,
            next=following,
            total=_whole(total),
            started_at=answer.started_at,
            listed=listed,
            calls=self.talk.calls - before,
        )

    def wrote(self, answer: Answer) -> Wrote:
        """What a write's answer says: the id of what was made, and the JSON."""
        return Wrote(answer=answer.data)

    def ask(self, resource: Resource, params: Params) -> Answer:
        """Ask for one page."""
        return self.talk.get(resource.path or resource.slug, params)

    def rows(self, resource: Resource, answer: Answer) -> list[Row]:
        """The rows of a page: dicts only, empty where the list is missing."""
        found = at(answer.data, resource.rows)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def row(self, resource: Resource, remote_id: str) -> Row | None:
        """One row by its address, None where the provider no longer has it."""
        try:
            answer = self.talk.get(resource.address.format(id=quote(remote_id, safe="")), resource.address_params)
        except NotFound:
            return None
        row = self.unwrap(answer.data)
        if resource.keeps and not resource.keeps(row):
            return None
        return resource.completes(self.talk, row) if resource.completes else row

    def rows_of(self, resource: Resource, remote_ids: Sequence[str]) -> list[Row] | None:
        """Several rows by their ids with one call, those that are there; None where a list is not asked so
        (`parts.ids`)."""
        return None

    def told(self, resource: Resource, answer: Any) -> Sources:
        """What a write's answer tells of the row that it changed, as answers of its detail; nothing if it is silent."""
        return {}

    def detail(self, resource: Resource, remote_id: str) -> Sources:
        """The answers of a record's detail by source name; raises NotFound where the record is gone."""
        assert resource.detail is not None
        found: dict[str, Any] = {}
        for name, path in resource.detail.sources.items():
            try:
                found[name] = self.source(resource, name, path.format(id=quote(remote_id, safe="")))
            except (ScopeMissing, NotFound):
                if name not in resource.detail.optional:
                    raise
        return found

    def source(self, resource: Resource, name: str, path: str) -> Any:
        """One answer of a detail."""
        assert resource.detail is not None
        return self.talk.get(path, resource.detail.params.get(name)).data

    def check(self, *, writes: bool = False) -> Iterator[Verdict]:
        """Ask for each permission in turn. Refused keys, missing plans and failing providers are raised, not
        judged.
        """
        for permission in self.permissions:
            if permission.probe is None or (permission.writes and not writes):
                yield Verdict(permission, None, "Not tested")
                continue
            try:
                yield Verdict(permission, permission.probe(self.talk))
            except ScopeMissing as missing:
                yield Verdict(permission, False, missing.message)

    @classmethod
    def make(cls, resource: Resource, sources: Sources, beside: Beside) -> list[Made]:
        """The records that a row and its detail make; raises `mapping.Unreadable`."""
        made = [record for mapping in resource.makes for record in mapping.make(sources, beside)]
        if resource.detail and any(name in sources for name in resource.detail.sources):
            made += [record for mapping in resource.detail.makes for record in mapping.make(sources, beside)]
        return made

    @classmethod
    def steps(cls, resource: Resource, sources: Sources) -> list[tuple[str, datetime]]:
        """An application's own history in its detail, where the provider keeps one: each stage, and when it came."""
        return []

    @classmethod
    def storable(cls, resource: Resource, row: Row) -> Row:
        """A row without what must not be kept (signed links)."""
        return blank(row, resource.volatile) if resource.volatile else row


def _missing(slug: str) -> Resource:
    raise KeyError(slug)


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None
