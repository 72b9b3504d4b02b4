"""dlt at quick settings that can be run again: its REST source into PostgreSQL, merged by id.

Runs in an environment of its own. What makes it quick: upsert instead of delete and insert, nested lists kept as JSON
instead of tables of their own, CSV files that PostgreSQL copies, lists read side by side, several loaders.
"""

import json
import os
import sys
import tempfile
from typing import Any

SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "EXTRACT__WORKERS": "8",
    "NORMALIZE__LOADER_FILE_FORMAT": "csv",
    "LOAD__WORKERS": "4",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "20000",
    "CREDENTIALS__PASSWORD": "asked for even where the server trusts this machine",
}
os.environ.update(SETTINGS)

import dlt  # type: ignore[import-not-found,unused-ignore]  # noqa: E402
from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found,unused-ignore]  # noqa: E402

from tests.benchmarks.measuring import measured, tell  # noqa: E402


def listed(one: dict[str, Any]) -> dict[str, Any]:
    """One list as dlt's REST source is told of it."""
    return {
        "name": one["path"].replace("/", "_").replace("-", "_"),
        "primary_key": "id",
        "write_disposition": {"disposition": "merge", "strategy": "upsert"},
        "max_table_nesting": 0,
        "parallelized": True,
        "endpoint": {
            "path": one["path"],
            "params": one["params"],
            "data_selector": one["rows"],
            "paginator": {
                "type": "page_number",
                "base_page": 1,
                "page_param": one["number"],
                "total_path": None,
                "stop_after_empty_page": True,
            },
        },
    }


def main() -> None:
    asked = json.load(sys.stdin)
    source = rest_api_source(
        {
            "client": {"base_url": asked["address"], "headers": asked["headers"]},
            "resources": [listed(one) for one in asked["lists"]],
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(asked["database"]),
            dataset_name="peer",
        )
        with measured() as spent:
            pipeline.run(source)
            counts = pipeline.last_trace.last_normalize_info.row_counts
            spent.facts = {"rows": sum(n for name, n in counts.items() if not name.startswith("_dlt"))}
    tell(spent)


if __name__ == "__main__":
    main()
