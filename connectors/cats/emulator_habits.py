"""The habits of an emulated CATS where its reference is silent about writes; each default is the likeliest."""

from dataclasses import dataclass


@dataclass(slots=True)
class Habits:
    """Change them freely, while it runs too.

    location: that of a new record is "absolute" or a "path". errors: several of them come as "text", as a "list" in the
    place of the message, or under "errors". duplicate_named: a 409 names the record that is there. put_clears: a PUT
    clears what it leaves out. parts_bump: e-mails, phones, custom fields and history are a change of the person.
    api_user: the user that a key acts as. duplicate_pipeline: how a second pipeline of a person on a job is refused, 0
    takes it. status_answer: of a change of status. unmet_status: of one whose prerequisites are not met.
    required_triggers: those that were told not to "fire" all the same, or the change is "refused". eeo: a status mapped
    to `offered` sends an e-mail. file_limit: bytes of a file, 0 for any number. download: "bytes", or a "redirect" to
    another host whose link dies after five minutes. thumbnail: it is read as a "record" or as "bytes". history_path:
    a single position is at the "short" address, the "long" one or "both".
    """

    location: str = "absolute"
    errors: str = "text"
    duplicate_named: bool = False
    put_clears: bool = False
    parts_bump: bool = True
    api_user: int = 88016
    duplicate_pipeline: int = 409
    status_answer: int = 204
    unmet_status: int = 400
    required_triggers: str = "fire"
    eeo: bool = False
    file_limit: int = 0
    download: str = "bytes"
    thumbnail: str = "record"
    history_path: str = "both"
