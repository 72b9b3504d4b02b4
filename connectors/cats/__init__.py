"""CATS: https://docs.catsone.com/api/v3/."""
