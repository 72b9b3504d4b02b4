"""What an ATS declares about itself: its limit, its permissions, its lists and what their rows make."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import datetime

from connectors.http import Talk
from connectors.mapping import Beside, Mapping, Row, Sources
from connectors.paging import Paging, Params, Whole


@dataclass(frozen=True, slots=True)
class Limit:
    """The provider's own limit: `calls` in any `per` seconds, read anew from `headers` (limit, remaining) where it
    names them.
    """

    calls: int
    per: float
    headers: tuple[str, str] = ("x-ratelimit-limit", "x-ratelimit-remaining")


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that a customer may choose about how their account is written to. choices: value → label, none for
    free text."""

    slug: str
    label: str
    default: str = ""
    choices: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that a key may be allowed to do, and how to find out.

    probe: asks and returns whether it may (the errors of `connectors.errors` count as an answer too); None where
    nothing harmless can tell. shown: the request as people read it. models: slugs that cannot be read without it.
    scope: what to tick. writes: asks by an incomplete write that must be refused, so only on an explicit choice.
    """

    slug: str
    label: str
    shown: str
    probe: Callable[[Talk], bool | None] | None
    models: tuple[str, ...] = ()
    scope: str = ""
    required: bool = False
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found about one permission: allowed True, False, or None for "not tested", and why."""

    permission: Permission
    allowed: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """One status of an account: in which group it stands there, and what it is taken to mean."""

    id: str
    title: str
    group: str
    guess: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of status whose meaning each account decides for itself: people may say what we can only guess.

    words: what one can mean, `{word: as people read it}`. statuses: the account's own, from what is known beside rows.
    """

    slug: str
    label: str
    words: Table[str, str]
    statuses: Callable[[Beside], list[Status]]


MEANINGS = "settings.meanings"
"""Where what people chose stands among what is known beside the rows: `{slug: {status id: word}}`."""


def chosen(beside: Beside, slug: str, status: str | None) -> str | None:
    """What people say that a status means; None where they leave it to us."""
    found: str | None = beside.get(MEANINGS, {}).get(slug, {}).get(status)
    return found


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account a key opens: the provider's account id ("" where it names none), its name, facts kept for
    links.
    """

    id: str = ""
    name: str = ""
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file's bytes are: a path of the API, or a link of the provider's that opens without the key."""

    path: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """The calls that one record's detail costs.

    sources: `{source name: path}`, `{id}` is the remote id. makes: records that live and die with the owner. row:
    makes a list row again from these answers, so that opening a record also refreshes it; None where it cannot.
    params: what a source is asked with, by its name. optional: sources that are left out where the key may not read
    them or the provider has none. more: the calls that it takes besides, at the least.
    """

    sources: dict[str, str]
    makes: tuple[Mapping, ...] = ()
    row: Callable[[Sources], Row | None] | None = None
    params: dict[str, Params] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """How a list can be asked for a part of its rows; each gives the params that ask for it.

    between: rows whose ids, which are numbers, lie from one to another or, without the second, from one on. Such a
    window proves deletions, for its key cannot change. since: rows that changed after an instant. of_jobs: the rows of
    some jobs. newest_first: new rows stand at the head of the list. short: it is so short that looking again means
    reading it whole. about: the rows that tell of some people, by their ids; without any, those that tell of nobody.
    fits: how many rows one answer holds. ids: so many of them can be asked for at once by their ids
    (`Connector.rows_of`).
    """

    between: Callable[[int, int | None], Params] | None = None
    since: Callable[[datetime], Params] | None = None
    of_jobs: Callable[[Sequence[str]], Params] | None = None
    newest_first: bool = False
    short: bool = False
    about: Callable[[Sequence[str]], Params] | None = None
    fits: int = 100
    ids: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """One list of the provider, and the records that its rows make.

    slug: its name here and in our rows. path: where the list stands, if not at its slug. makes: the mappings of a
    row; the first that keeps a row of its own is the row's anchor (same id as the row). pages, params, rows, total:
    how it is asked, and where the rows and their number stand. address: one row by its id ("" where it has none).
    completes: further calls that fill up a row cut short by the provider. keeps: false for rows that are none of
    ours. volatile: paths of signed links, never stored. permission: the one without which it cannot be read. parts: how
    it can be asked for a part of its rows. expires: the path of the instant by which the provider forgets a row. told:
    where its rows stand in what a run reads beside them anyway, so that they cost no call of their own.
    """

    slug: str
    makes: tuple[Mapping, ...]
    pages: Paging = field(default_factory=Whole)
    path: str = ""
    params: Params = field(default_factory=dict)
    rows: str = "data"
    total: str = ""
    address: str = ""
    address_params: Params = field(default_factory=dict)
    detail: Detail | None = None
    completes: Callable[[Talk, Row], Row] | None = None
    keeps: Callable[[Row], bool] | None = None
    volatile: tuple[str, ...] = ()
    permission: str = ""
    parts: Parts = Parts()
    expires: str = ""
    told: str = ""

    @property
    def models(self) -> tuple[str, ...]:
        """The slugs of the models that it makes."""
        return tuple(dict.fromkeys(mapping.model.slug for mapping in self.makes))

    @property
    def own(self) -> tuple[str, ...]:
        """The slugs of the models of which a row makes one record each, with the row's own id."""
        return tuple(mapping.model.slug for mapping in self.makes if mapping.each is None and not mapping.shared)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its rows, the request that read it, the next request's params or none, the provider's
    total or none. listed: how many rows the provider sent, those included that are none of ours.
    """

    rows: list[Row]
    params: Params
    next: Params | None
    total: int | None
    started_at: datetime
    listed: int
    calls: int = 1
