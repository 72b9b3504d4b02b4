"""The words of the emulated CATS account: its workflows, statuses, fields, tags."""

WORKFLOWS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "General",
        (
            ("No contact", "applicant"),
            ("Contacted", "contacted"),
            ("E-mailed", "email"),
            ("Team likes it ❤", ""),
            ("Submitted", "submitted"),
            ("Interviewing", "interviewing"),
            ("Offered", "offered"),
            ("Client declined", "declined"),
            ("Placed", "placed"),
        ),
    ),
    (
        "Drivers: the long road",
        (*((f"Step {number}", "") for number in range(1, 28)), ("Afgewezen", "declined"), ("On the road", "placed")),
    ),
    (
        "Unmapped",
        (
            ("New / nieuw", ""),
            ("Interview started", ""),
            ("Offer declined", ""),
            ("Not selected", ""),
            ("Withdrew", ""),
            ("Hired!", ""),
            ("Started", "PLACED"),
            ("Replaced by a colleague", ""),
        ),
    ),
    ("Nobody filled this yet", ()),
)
"""Titles with their statuses (title, mapping); the first is the default, the second longer than a page of 25."""

TRIGGERS: dict[tuple[str, str], tuple[tuple[str, bool, bool], ...]] = {
    ("General", "Interviewing"): (
        ("E-mail an invitation to the candidate", False, True),
        ("E-mail the owner of the job", False, False),
    ),
    ("General", "Client declined"): (("E-mail a rejection to the candidate", False, True),),
    ("General", "Placed"): (
        ("E-mail the placement to the candidate", True, True),
        ("Make a task for the first day", False, True),
    ),
}
"""What a status does by itself: a description, whether it is required, whether it is on by default."""
PREREQUISITES = {("Drivers: the long road", "On the road"): (("A résumé is attached", "resume"),)}
"""What a status asks for first."""
JOB_STATUSES = (
    ("Active", ""),
    ("On hold", ""),
    ("Filled", ""),
    ("Draft", ""),
    ("Closed - canceled", ""),
    ("Archived 2020", ""),
    ("In the works", ""),
    ("Reopened", ""),
)
OFTEN_ACTIVE = (0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7)
FIELDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("candidate", "Shoe size", "text", ()),
    ("candidate", "Remarks", "textarea", ()),
    ("candidate", "Drives", "checkbox", ()),
    ("candidate", "Available from", "date", ()),
    ("candidate", "Work permit", "dropdown", ("Yes", "No", "Asked for")),
    ("candidate", "Shift", "radio", ("Day", "Night 🌙")),
    ("candidate", "Languages", "checkboxes", ("Nederlands", "العربية", "日本語", "Türkçe")),
    ("candidate", "Buddy", "user", ()),
    ("candidate", "Kilometres", "number", ()),
    ("candidate", "Remarks", "text", ()),
    ("job", "Budget code", "text", ()),
    ("job", "Needs licence", "checkbox", ()),
    ("job", "Region", "dropdown", ("North", "South")),
    ("job", "Perks", "checkboxes", ("Car", "Lunch", "<b>Gym</b>")),
)
"""Owner, label, type, selections; two have the same label."""

USERS = (
    ("ines@acme.example.test", "Ines", "Vale", "admin"),
    ("tom.b", "Tom", "Bakker", "edit"),
    ("yael@acme.example.test", "יעל", "כהן", None),
    ("soren@acme.example.test", "Søren", "Æbelø", "read_only"),
    ("api", "API", "", None),
    ("mei@acme.example.test", "美咲", "渡邉", "edit"),
)
DEPARTMENTS = ("Logistics", "Engineering", "Küche")
TAGS = ("Urgent", "Forklift", "Speaks Türkçe", "Boomerang 🪃", "<i>VIP</i>", "طوارئ", "Do not call", "Night shift")
TYPES = ("Full time", "Part-time", "Freelance", "Internship", "Seasonal work", "Permanent", "")
REMOTE = (None, "Remote", "Hybrid 3/2", "On-site", "Mountain hut")
SALARIES = ("55-65k", "52000", "€ 48.000 - € 60.000", "Competitive", "", "40,000 EUR")
QUESTIONS: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = (
    ("First name", "text", True, ()),
    ("Why us?", "textarea", False, ()),
    ("Your CV", "file", True, ()),
    ("Can you start at 5:00?", "radio", True, ("Yes", "No")),
    ("Licences", "checkboxes", False, ("B", "C", "CE")),
    ("I am over 18", "checkbox", True, ()),
)
NOTES = (
    "Strong on SQL.",
    "<p>Called back, <strong>very</strong> keen.</p>",
    "Asked for € 3.500.",
    "Left a message.",
    "اتصلت بها",
    "Meeting moved to Friday 🗓",
    "<script>alert('note')</script>",
)
TYPES_OF_ACTIVITY = ("email", "meeting", "call_talked", "call_lvm", "call_missed", "text_message", "other")
FILES = (
    "cv.pdf",
    "Lebenslauf größer.docx",
    "cover letter.odt",
    "diploma.jpg",
    "シフト希望.txt",
    "scan",
    "motivation.PDF",
)
