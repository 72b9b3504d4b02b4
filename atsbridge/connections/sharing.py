"""Keys that share one budget: because the provider names the account behind them, or because an operator says so.

A row that has joined another counts nothing itself: whoever takes from it takes from the other, a connector that was
opened before included.
"""

from django.db import transaction

from atsbridge.connections.budget import account_of, locked
from atsbridge.connections.models import Budget, Connection

COUNTED = ("calls", "open", "writes", "others", "others_at", "ceded", "ceded_at", "blocked_until", "limit")


def merge(connector: str, fingerprint: str, account_id: str) -> None:
    """The account behind a key became known: the key's calls, past and future, count for the account."""
    _join(connector, account_of("", fingerprint), account_of(account_id, fingerprint))


def follow(connector: str, fingerprint: str, relinked: str) -> None:
    """A connection got another key: where its old one shares a budget, the new one does too."""
    old, new = account_of("", fingerprint), account_of("", relinked)
    rows = Budget.objects.filter(connector=connector)
    if rows.filter(account=old).exclude(joined="").exists() or rows.filter(joined=old).exists():
        _join(connector, new, old)


def share(one: Connection, other: Connection) -> None:
    """Let the keys of two connections count as one account; an operator knows that they are."""
    _join(one.connector, _account(other), _account(one))


def part(one: Connection, other: Connection) -> bool:
    """Let them count apart again, each with all the calls that were made together; False where they do already."""
    with transaction.atomic():
        mine, theirs = _account(one), _account(other)
        shared = locked(one.connector, mine)
        if mine == theirs or shared != locked(one.connector, theirs):
            return False
        leaving = mine if shared.account == theirs else theirs
        values = {name: getattr(shared, name) for name in COUNTED}
        Budget.objects.filter(connector=one.connector, account=leaving).update(joined="", **values)
    return True


def forget(connector: str, fingerprint: str) -> None:
    """Delete the row of a key that nothing uses any more, unless other keys count there."""
    account = account_of("", fingerprint)
    if not Budget.objects.filter(connector=connector, joined=account).exists():
        Budget.objects.filter(connector=connector, account=account).delete()


def _account(connection: Connection) -> str:
    return account_of(connection.account_id, connection.fingerprint)


def _join(connector: str, account: str, target: str) -> None:
    if account == target:
        return
    with transaction.atomic():
        mine, theirs = locked(connector, account), locked(connector, target)
        if mine == theirs:
            return
        theirs.calls = _sum(mine.calls, theirs.calls)
        theirs.open, theirs.writes = [*theirs.open, *mine.open], {**mine.writes, **theirs.writes}
        theirs.others, theirs.others_at = max((each.others, each.others_at) for each in (mine, theirs))
        theirs.ceded, theirs.ceded_at = max((each.ceded, each.ceded_at) for each in (mine, theirs))
        theirs.blocked_until = max(filter(None, (mine.blocked_until, theirs.blocked_until)), default=None)
        theirs.save()
        Budget.objects.filter(connector=connector, joined=mine.account).update(joined=theirs.account)
        mine.calls, mine.open, mine.writes, mine.joined = [], [], {}, theirs.account
        mine.save()


def _sum(*several: list[list[float]]) -> list[list[float]]:
    counts: dict[float, float] = {}
    for start, count in (entry for calls in several for entry in calls):
        counts[start] = counts.get(start, 0) + count
    return sorted([start, count] for start, count in counts.items())
