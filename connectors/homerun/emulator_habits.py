"""The habits of an emulated Homerun where its reference is silent about writes; each default is the likeliest."""

from dataclasses import dataclass


@dataclass(slots=True)
class Habits:
    """Change them freely, while it runs too.

    new_status: how a move to "New" is refused. stage_by: a move names its stage by "name", by "id", or by "either".
    exact_stages: names count letter by letter. vacancy_status: how a creation for an unknown, closed or draft vacancy
    is refused. omission_pools: a PATCH without vacancy_id sends to the pool. nulls_refused: null clears nothing, 400.
    duplicates_refused: an e-mail may apply once for a vacancy. unknown_sources: "created", "ignored" or "refused".
    sourced: what a creation is that does not say. confirms: applicants are sent an e-mail. plain_names: names of
    letters only. resumes_replace: a second resume takes the place of the first. oversize_status: how too large a file
    is refused. endings: the endings of files that are taken, none for all. note_limit: letters of a note, 0 for any
    number. notes_cut: longer ones are cut instead of refused. hired_kept: who leaves "Hired" stays hired.
    """

    new_status: int = 404
    stage_by: str = "name"
    exact_stages: bool = False
    vacancy_status: int = 400
    omission_pools: bool = False
    nulls_refused: bool = False
    duplicates_refused: bool = False
    unknown_sources: str = "created"
    sourced: bool = False
    confirms: bool = False
    plain_names: bool = False
    resumes_replace: bool = False
    oversize_status: int = 400
    endings: tuple[str, ...] = ()
    note_limit: int = 0
    notes_cut: bool = False
    hired_kept: bool = False
