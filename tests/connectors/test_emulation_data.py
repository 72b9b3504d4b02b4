"""The emulators' imagination is repeatable, quick, and as awkward as life."""

import time

from connectors.emulation_data import TODAY, imagine_jobs, imagine_people


def test_a_seed_imagines_the_same_and_more_of_it_only_adds():
    assert imagine_people(5, 300)[:40] == imagine_people(5, 40)
    assert imagine_jobs(5, 60)[:20] == imagine_jobs(5, 20)
    assert imagine_people(5, 40) != imagine_people(6, 40)


def test_people_are_as_awkward_as_real_ones():
    people = imagine_people(1, 2000)
    names = " ".join(f"{person.first_name} {person.last_name}" for person in people)
    mails = [mail for person in people for mail in (person.email, person.second_email) if mail]

    for needle in ("<script>", "\x00", "\ud83d ", "🦄", "محمد", "כהן", "𠮷郎", "Łukasz", '"', "'", "\u202e", "${"):
        assert needle in names, needle
    assert {len(person.phones) for person in people} == {0, 1, 2, 3}
    assert sum(person.email is None for person in people) > 20
    assert len(mails) == len(set(mails))
    assert all(mail.endswith("example.test") and mail.isascii() and " " not in mail for mail in mails)
    assert max(len(person.last_name) for person in people) > 150


def test_nobody_holds_a_position_after_its_end_or_in_the_future():
    held = [position for person in imagine_people(2, 500) for position in person.history]

    assert all(position.start < (position.end or TODAY) <= TODAY for position in held)
    assert all(
        later.start >= (earlier.end or TODAY)
        for person in imagine_people(2, 500)
        for later, earlier in zip(person.history, person.history[1:], strict=False)
    )


def test_jobs_have_huge_empty_and_hostile_descriptions():
    descriptions = [job.description for job in imagine_jobs(1, 40)]

    assert max(map(len, descriptions)) > 200_000
    assert "" in descriptions
    assert any("<script>" in text and "\x00" in text for text in descriptions)


def test_twenty_thousand_people_take_a_moment():
    begun = time.perf_counter()
    imagine_people(1, 20_000)

    assert time.perf_counter() - begun < 5
