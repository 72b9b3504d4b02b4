"""The addresses of an emulated CATS at which things are found."""

from typing import Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

from connectors.cats.emulator_answers import Answers
from connectors.cats.emulator_fields import FIELDS, fields_of
from connectors.cats.emulator_options import Json
from connectors.cats.emulator_search import Ids, containing, search
from connectors.emulation import route

TEXTS = "any(candidates, jobs, companies, contacts, activities)"
FILTERS = "any(candidates, jobs, companies, contacts, activities, pipelines)"


class SearchRoutes(Answers):
    """Search by words and by filters; a parameter of another name than `query` is ignored."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._ids = {kind: Ids() for kind in FIELDS}

    @route(f"/<{TEXTS}:kind>/search")
    def get_search(self, request: Request, kind: str) -> Response:
        """GET /…/search?query=: the rows with any of the words; all rows without `query`."""
        return self._found(request, kind, None)

    @route(f"/<{FILTERS}:kind>/search", "POST")
    def post_search(self, request: Request, kind: str) -> Response:
        """POST /…/search: the rows that the body's filters leave over, with any of the words where there are some."""
        body = request.get_json(force=True, silent=True)
        if body is None:
            raise BadRequest("The body must be JSON")
        return self._found(request, kind, body)

    def _found(self, request: Request, kind: str, tree: Json | None) -> Response:
        records, view = self.kinds()[kind]
        fields, query = fields_of(self.account, self.options, kind), request.args.get("query", "")
        ids = self._ids[kind]
        if query and kind != "pipelines":
            records, ids = {record.id: record for record in containing(records, fields, query)}, Ids()
        rows: Any = records.values() if tree is None else search(records, fields, tree, ids)
        return self.listed(request, kind, rows, view)
