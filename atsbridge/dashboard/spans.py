"""Times and spans of time in the words of people: "12 min ago", "in 8 min", "1 h 52 min"."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

MINUTE, HOUR, DAY = 60, 3600, 86400


def exact(moment: datetime) -> str:
    """The whole moment, for `title` and for screen readers: "19 Nov 2026, 09:22:41 CET"."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b %Y, %H:%M:%S} {local.tzname()}"


def machine(moment: datetime) -> str:
    """The moment for `<time datetime>`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(moment: datetime, now: datetime | None = None) -> str:
    """The day, its year only where it is another: "3 Oct", "2 May 2025"."""
    local = timezone.localtime(moment)
    same = local.year == timezone.localtime(now or timezone.now()).year
    return f"{local.day} {local:%b}" if same else f"{local.day} {local:%b %Y}"


def relative(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, or how soon, in the fewest words that still say when."""
    now = now or timezone.now()
    seconds = (now - moment).total_seconds()
    if abs(seconds) < HOUR:
        return _minutes(seconds)
    local, today = timezone.localtime(moment), timezone.localtime(now)
    days = (today.date() - local.date()).days
    if days == 0:
        return f"{int(seconds // HOUR)} h ago" if seconds > 0 else f"at {local:%H:%M}"
    if abs(days) == 1:
        return f"{'yesterday' if days > 0 else 'tomorrow'}, {local:%H:%M}"
    if 1 < days < 7:
        return f"{local:%a %H:%M}"
    return day(moment, now) if local.year != today.year else f"{day(moment, now)}, {local:%H:%M}"


def _minutes(seconds: float) -> str:
    minutes = int(abs(seconds) // MINUTE)
    if minutes == 0:
        return "just now" if seconds >= 0 else "in a moment"
    return f"{minutes} min ago" if seconds > 0 else f"in {minutes} min"


def span(value: timedelta | float) -> str:
    """How long it took or takes: "412 ms", "1.2 s", "6 min 15 s", "1 h 52 min", "3 d"."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    if seconds < HOUR:
        return _two(int(seconds), MINUTE, "min", 1, "s")
    return _two(int(seconds), HOUR, "h", MINUTE, "min") if seconds < DAY else f"{int(seconds // DAY)} d"


def _two(seconds: int, large: int, name: str, small: int, unit: str) -> str:
    whole, rest = divmod(seconds, large)
    parts = [f"{whole} {name}" if whole else "", f"{rest // small} {unit}" if rest // small else ""]
    return " ".join(part for part in parts if part)
