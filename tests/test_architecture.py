"""One arrow: imports only point down, in the words of the drawing in the README."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors

ROOT = Path(__file__).resolve().parent.parent
DRAWING = (
    ("dashboard", "api"),  # HTML over htmx · JSON; no rules of their own
    ("sync", "actions"),  # read a connection · write to one (siblings, strangers to each other)
    ("webhooks",),  # tell subscribers what changed
    ("records",),  # what we know: unified records and their change events
    ("connections",),  # who is linked, and with which credentials
    ("tenants",),  # whose data it is: people, roles, keys, audit trail
    # ═════ Django stops here ═════
    ("connectors",),  # how each ATS speaks: plain Python and httpx
)
COMPOSING = {"settings", "urls", "celery", "folder", "environment", "wsgi", "demo", "demo_servers", ""}
"""Top-level modules of `atsbridge`: they put the layers together, and no layer imports them."""
EVERYWHERE = {
    "atsbridge/actions/sweeping.py",  # actions that are due
    "atsbridge/connections/doubts.py",  # keys that are to be asked for once more
    "atsbridge/connections/expiring.py",  # keys that expire soon
    "atsbridge/connections/linking.py",  # attempts that are due, or too old
    "atsbridge/connections/notices.py",  # mails that wait
    "atsbridge/connections/rotation.py",  # every credential, under a new key
    "atsbridge/connections/unlinking.py",  # connections whose records are to go
    "atsbridge/dashboard/support.py",  # support's search
    "atsbridge/sync/finding.py",  # the operator's commands name a connection
    "atsbridge/sync/hooks.py",  # a webhook names its connection by a token
    "atsbridge/sync/sweeping.py",  # whatever is due
    "atsbridge/tenants/invitations.py",  # sign-in by a link
    "atsbridge/tenants/keys.py",  # sign-in of a machine
    "atsbridge/tenants/people.py",  # the tenants of a person
}
"""Who reads across tenants, and why."""


def modules(folder: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module below a folder of ours: its path and its syntax tree."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def imported(path: str, tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it."""
    package = path.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) + 1 - node.level]) + "." if node.level else ""
            module = above + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def layer(dotted: str) -> str | None:
    """The layer that a dotted name belongs to; None for what is not ours or composes."""
    first, _, rest = dotted.partition(".")
    name = rest.partition(".")[0] if first == "atsbridge" else first
    return name if any(name in row for row in DRAWING) else None


def below(name: str) -> set[str]:
    """The layers that one may import: itself, and what is drawn under it."""
    row = next(index for index, row in enumerate(DRAWING) if name in row)
    return {name, *(each for row in DRAWING[row + 1 :] for each in row)}


def test_imports_only_point_down() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules("atsbridge")
        for name in imported(path, tree)
        if (here := layer(path.removesuffix(".py").replace("/", ".")))
        and (there := layer(name))
        and there not in below(here)
    ]

    assert wrong == []


def test_no_layer_imports_what_composes_them() -> None:
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules("atsbridge")
        for name in imported(path, tree)
        if layer(path.removesuffix(".py").replace("/", "."))
        and name.startswith("atsbridge.")
        and name.split(".")[1] in COMPOSING
    ]

    assert wrong == []


def test_every_package_of_the_product_is_in_the_drawing() -> None:
    packages = {path.parent.name for path in (ROOT / "atsbridge").glob("*/__init__.py")}

    assert packages - {name for row in DRAWING for name in row} == set()


def test_django_stops_above_the_connectors() -> None:
    theirs = ("django", "celery", "atsbridge", "allauth", "environ")
    wrong = [
        f"{path} imports {name}"
        for path, tree in modules("connectors")
        for name in imported(path, tree)
        if name.split(".")[0].startswith(theirs)
    ]
    naming = [str(path) for path in (ROOT / "connectors").rglob("*.py") if "django" in path.read_text().lower()]

    assert (wrong, naming) == ([], [])


def test_each_ats_is_a_stranger_to_the_others_and_to_what_they_inherit() -> None:
    wrong = []
    for path, tree in modules("connectors"):
        here = path.split("/")[1]
        for name in imported(path, tree):
            there = name.split(".")[1] if name.startswith("connectors.") else ""
            if there in connectors.REGISTRY and there != here:
                wrong.append(f"{path} imports {name}")
            if here == "unified" and there not in ("", "unified"):
                wrong.append(f"{path} imports {name}")

    assert wrong == []


def test_only_the_registry_loads_by_name() -> None:
    loading = {
        path for folder in ("atsbridge", "connectors") for path, tree in modules(folder)
        if any(name.startswith("importlib") for name in imported(path, tree))
    }  # fmt: skip

    assert loading <= {"connectors/__init__.py"}


def calls(tree: ast.Module, name: str) -> bool:
    """Whether a module calls a function of this name."""
    named = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(name in (getattr(each, "id", ""), getattr(each, "attr", "")) for each in named)


def test_who_reads_across_tenants_is_listed() -> None:
    assert {path for path, tree in modules("atsbridge") if calls(tree, "everywhere")} == set(EVERYWHERE)


@pytest.mark.parametrize("way", ["scopes_disabled", "with_scopes_disabled"])
def test_there_is_one_way_across_tenants(way: str) -> None:
    found = {path for path, tree in modules("atsbridge") if calls(tree, way)}

    assert found == ({"atsbridge/tenants/across.py"} if way == "scopes_disabled" else set())


def test_files_can_be_held_in_the_head() -> None:
    long = {
        path: lines
        for folder in ("atsbridge", "connectors")
        for path, _ in modules(folder)
        if "/migrations/" not in path and (lines := len((ROOT / path).read_text().splitlines())) > 300
    }

    assert long == {}
