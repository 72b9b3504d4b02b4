"""Rows of a table on their way into it, without what Django's constructor does besides: a third of storing a page."""

from functools import cache
from typing import Any

from django.db import models
from django.db.models.base import ModelState


def unsaved[Row: models.Model](model: type[Row], /, **columns: Any) -> Row:
    """A row from its columns, relations by their ids (`connection_id`); a column that is not named has its default."""
    row = model.__new__(model)
    row.__dict__ = {**_defaults(model), **columns, "_state": ModelState()}
    return row


@cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """A model's defaults, asked once: none of them may be a function."""
    return {field.attname: field.get_default() for field in model._meta.concrete_fields}
