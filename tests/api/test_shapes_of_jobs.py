"""Jobs and stages as they go out, whole, and the times of any record."""

from datetime import UTC, datetime

from connectors.unified.parts import (
    JobStatus,
    Location,
    Posting,
    Status,
    TeamMember,
    Visibility,
)
from tests.api.rows import page

APPLIED = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_a_job(cats, cats_machine):
    cats.put("department", "4", name="Bakery")
    cats.put("user", "7", first_name="Grace", last_name="Hopper")
    cats.put(
        "job",
        "11",
        remote={"": {"id": 11, "title": "Baker"}},
        name="Baker",
        status=JobStatus.ARCHIVED,
        visibility=Visibility.UNLISTED,
        department_id="4",
        location=Location(street_1="Kanaalweg 1", zip_code="3526 KL", city="Utrecht", country="NL"),
        description="<p>Bread</p>",
        job_code="B-11",
        job_postings=[Posting(url="https://jobs.example/11", visibility=Visibility.PUBLIC), Posting(title="no page")],
        hiring_team=[TeamMember(user_id="7", roles=["RECRUITER"]), TeamMember(user_id="8", roles=["HIRING_MANAGER"])],
        offices=["Utrecht"],
        remote_created_at=APPLIED,
        row={"detail_read_at": APPLIED},
    )

    assert cats_machine.read("jobs") == page(
        {
            "id": "11",
            "name": "Baker",
            "description": "<p>Bread</p>",
            "code": "B-11",
            "requisition_id": None,
            "status": "archived",
            "locations": ["Kanaalweg 1, 3526 KL Utrecht, NL"],
            "job_posting_urls": [{"url": "https://jobs.example/11", "type": "public"}],
            "confidential": True,
            "departments": [{"id": "4", "name": "Bakery"}],
            "teams": None,
            "offices": [{"id": None, "name": "Utrecht"}],
            "hiring_managers": [{"id": "8", "name": None}],
            "recruiters": [{"id": "7", "name": "Grace Hopper"}],
            "created_at": "2026-02-03T04:05:06.000000Z",
            "updated_at": "2026-03-01T09:00:03.123456Z",
            "remote_data": {"id": 11, "title": "Baker"},
        }
    )


def test_a_job_is_confidential_unless_it_is_public_or_nothing_is_known(machine, homerun):
    for number, visibility in enumerate((Visibility.PUBLIC, Visibility.UNLISTED, Visibility.INTERNAL, None)):
        homerun.put("job", str(number), visibility=visibility)

    assert [row["confidential"] for row in machine.read("jobs")["result"]] == [False, True, True, None]


def test_stages_of_the_account_name_no_job_and_no_position(machine, homerun):
    homerun.put("application_stage", "Phone screen", name="Phone screen", status=Status.INACTIVE)
    homerun.put("job_stage", "j1:Phone screen", job_id="j1", stage_id="Phone screen", index=0)

    assert machine.read("job_interview_stages") == page(
        {
            "id": "Phone screen",
            "name": "Phone screen",
            "status": "inactive",
            "job": None,
            "position": None,
            "created_at": "2026-03-01T09:00:01.123456Z",
            "updated_at": "2026-03-01T09:00:01.123456Z",
            "remote_data": None,
        }
    )


def test_stages_of_a_job_are_that_jobs_with_their_positions(machine, homerun):
    for name in ("Offer", "New", "Gone"):
        homerun.put("application_stage", name, name=name)
    for index, (job, name) in enumerate([("j1", "New"), ("j1", "Offer"), ("j2", "Gone"), ("j1", "Unseen")]):
        homerun.put("job_stage", f"{job}:{name}", job_id=job, stage_id=name, index=index)

    common = {"status": None, "job": {"id": "j1"}, "remote_data": None}
    times = [f"2026-03-01T09:00:0{second}.123456Z" for second in (4, 5, 7)]
    assert machine.read("job_interview_stages", job_id="j1") == page(
        *(
            {"id": name, "name": shown, "position": position, "created_at": at, "updated_at": at, **common}
            for name, shown, position, at in zip(
                ("New", "Offer", "Unseen"), ("New", "Offer", None), (0, 1, 3), times, strict=True
            )
        )
    )


def test_a_stage_of_a_job_is_as_new_as_its_stage(machine, homerun):
    homerun.put("job_stage", "j1:New", job_id="j1", stage_id="New", index=0)
    homerun.put("application_stage", "New", name="Renamed")

    (stage,) = machine.read("job_interview_stages", {"updated_at[gt]": "2026-03-01T09:00:01.123456Z"}, job_id="j1")[
        "result"
    ]
    assert (stage["name"], stage["updated_at"]) == ("Renamed", "2026-03-01T09:00:02.123456Z")


def test_times_keep_their_microseconds_and_are_utc(machine, homerun):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    homerun.put("department", "1", row={"touched_at": at, "created_at": at.replace(microsecond=1)})

    row = machine.one("departments", "1")
    assert (row["created_at"], row["updated_at"]) == ("2026-01-01T00:00:00.000001Z", "2026-01-01T00:00:00.000000Z")


def test_a_created_at_of_the_provider_counts_before_ours(machine, homerun):
    homerun.put("job", "1", remote_created_at=APPLIED)
    homerun.put("job", "2")

    created = [row["created_at"] for row in machine.read("jobs", sort_by="created_at")["result"]]
    assert created == ["2026-02-03T04:05:06.000000Z", "2026-03-01T09:00:02.123456Z"]
