"""Harbor, an imaginary ATS with OAuth 2 client credentials."""

import json
from collections.abc import Callable
from typing import Any

from connectors.acting import Wrote
from connectors.base import Account, Connector, Detail, Limit, Permission, Resource
from connectors.credentials import Secret, Values
from connectors.errors import Rejected
from connectors.http import Answer, Talk
from connectors.mapping import Row, Sources, Unavailable
from connectors.paging import ByCursor
from connectors.paths import at
from tests.thirdats import mapping
from tests.thirdats.actions import ACTIONS

PAGES = ByCursor("after", size=("per", 20), cursor="next")


def signed(values: Values) -> dict[str, str]:
    """Sign with the access token; there is none before the first renewal."""
    return {"Authorization": f"Bearer {values.get('access_token', '')}"}


def reads(path: str) -> Callable[[Talk], bool]:
    """Whether a list can be read."""
    return lambda talk: bool(talk.get(path, {"per": 1}))


def adds_people(talk: Talk) -> bool | None:
    """Whether people can be added: an empty person is refused for its emptiness only after the scope was looked at."""
    try:
        talk.send("POST", "people", body={})
    except Rejected as refused:
        return True if refused.status == 422 else None
    return True


def person_again(sources: Sources) -> Row | None:
    """The list row of a person whose detail was read."""
    return dict(sources["person"])


class Harbor(Connector):
    """Harbor: jobs with their steps, people, applications, users and departments."""

    slug, name = "harbor", "Harbor"
    base_url = "https://api.harbor.example/v1"
    docs_url = "https://developers.harbor.example"
    keys_url = "https://app.harbor.example/settings/clients"
    plan = "Fleet"
    credentials = (
        Secret("client_id", "Client id", secret=False),
        Secret("client_secret", "Client secret", hint="Shown once, when the client is made"),
    )
    sign = signed
    limit = Limit(calls=600, per=60)
    permissions = (
        Permission("jobs", "Read jobs", "GET /jobs", reads("jobs"), ("job", "job_stage"), scope="jobs", required=True),
        Permission(
            "people", "Read people", "GET /people", reads("people"), ("candidate", "attachment", "note"), scope="people"
        ),
        Permission(
            "applications", "Read applications", "GET /applications", reads("applications"), ("application",),
            scope="applications",
        ),
        Permission(
            "directory", "Read users and departments", "GET /users", reads("users"), ("user", "department"),
            scope="directory",
        ),
        Permission("notes", "Read notes", "GET /people/{id}/notes", None, ("note",), scope="notes"),
        Permission("people:write", "Add people", "POST /people", adds_people, scope="people:write", writes=True),
        Permission("writing", "Write notes and moves", "POST /people/{id}/notes", None, scope="writing", writes=True),
    )  # fmt: skip
    resources = (
        Resource("departments", makes=(mapping.DEPARTMENT,), pages=PAGES, rows="items", permission="directory"),
        Resource(
            "users", makes=(mapping.USER,), pages=PAGES, rows="items", address="users/{id}", permission="directory"
        ),
        Resource(
            "jobs",
            makes=(mapping.JOB, mapping.STAGE, mapping.JOB_STAGE),
            pages=PAGES,
            rows="items",
            total="total",
            address="jobs/{id}",
            permission="jobs",
        ),
        Resource(
            "people",
            makes=(mapping.CANDIDATE,),
            pages=PAGES,
            rows="items",
            total="total",
            address="people/{id}",
            detail=Detail(
                sources={"person": "people/{id}", "files": "people/{id}/files", "notes": "people/{id}/notes"},
                makes=(mapping.ATTACHMENT, mapping.NOTE),
                row=person_again,
                optional=("notes",),
            ),
            volatile=("photo",),
            permission="people",
        ),
        Resource(
            "applications",
            makes=(mapping.APPLICATION,),
            pages=PAGES,
            rows="items",
            total="total",
            address="applications/{id}",
            permission="applications",
        ),
    )
    actions = ACTIONS
    lacks = {"tag": "Harbor has no tags", "rejection_reason": "Harbor keeps no reasons"}
    features = {
        "credential_check": "Each permission by its scope",
        "deletion_detection": "Every run walks the lists and asks for the record itself before it is taken away",
        "incremental_sync": Unavailable("Harbor's lists cannot be asked for what changed"),
    }

    def account(self) -> Account:
        """The harbour that the client belongs to."""
        me = self.talk.get("me").data
        return Account(id=str(me["id"]), name=me["name"])

    def refresh(self) -> Values:
        """A new access token for the client; raises AuthFailed."""
        client = {name: self.talk.credentials[name] for name in ("client_id", "client_secret")}
        body = {"grant_type": "client_credentials", **client}
        return {"access_token": self.talk.send("POST", "oauth/token", body=body, signed=False).data["access_token"]}

    def wrote(self, answer: Answer) -> Wrote:
        """What was made or changed, which Harbor answers whole."""
        return Wrote(str(answer.data["id"]), answer.data)

    @classmethod
    def words(cls, status: int, body: bytes) -> str:
        """Harbor's sentence."""
        try:
            said: Any = at(json.loads(body), "error")
        except ValueError:
            said = None
        return said if isinstance(said, str) and said else super().words(status, body)
