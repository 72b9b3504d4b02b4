"""English names of countries: for ATSs that keep a country as a word."""

from babel import Locale

NAMES = Locale("en").territories


def name(code: str | None) -> str | None:
    """A country's English name by its ISO 3166-1 alpha-2 code; what is no code stays as it is."""
    known = NAMES.get(code.upper()) if code and len(code) == 2 else None
    return known or code
