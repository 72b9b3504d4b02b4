"""What the words of the emulated CATS account mean to a person, written by hand."""

HIRED = {"Placed", "On the road", "Hired!", "Started"}
DECLINED = {"Client declined", "Afgewezen", "Offer declined", "Not selected", "Withdrew"}
JOB_STATUS = {
    "Active": "OPEN",
    "On hold": "CLOSED",
    "Filled": "CLOSED",
    "Draft": "DRAFT",
    "Closed - canceled": "CLOSED",
    "Archived 2020": "ARCHIVED",
    "Reopened": "OPEN",
}
EMPLOYMENT = {
    "Full time": "FULL_TIME",
    "Part-time": "PART_TIME",
    "Freelance": "CONTRACT",
    "Internship": "INTERNSHIP",
    "Seasonal work": "SEASONAL",
    "Permanent": "Permanent",
    "": None,
}
REMOTE = {None: None, "Remote": "REMOTE", "Hybrid 3/2": "HYBRID", "On-site": "ON_SITE", "Mountain hut": "Mountain hut"}
PAY = {
    "55-65k": (None, 55000, 65000),
    "52000": (52000, None, None),
    "€ 48.000 - € 60.000": (None, 48000, 60000),
    "40,000 EUR": (40000, None, None),
}
FORMATS = {
    "text": "TEXT",
    "textarea": "TEXT",
    "file": "FILE",
    "radio": "SINGLE_SELECT",
    "checkboxes": "MULTI_SELECT",
    "checkbox": "BOOLEAN",
}
KINDS = {
    "email": "EMAIL",
    "meeting": "MEETING",
    "call_talked": "CALL",
    "call_lvm": "CALL",
    "call_missed": "CALL",
    "text_message": "TEXT_MESSAGE",
    "other": "NOTE",
}
CONTENT = {
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "jpg": "image/jpeg",
    "txt": "text/plain",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
