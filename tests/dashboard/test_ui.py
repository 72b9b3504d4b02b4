"""The parts that pages are made of."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Engine, engines
from django.test import RequestFactory

from atsbridge.dashboard import spans
from atsbridge.dashboard.context import frame
from tests.dashboard.pages import Link

NOW = datetime(2026, 11, 19, 8, 26, 3, tzinfo=UTC)
CLOCK = (
    '<path fill-rule="evenodd" d="M1 8a7 7 0 1 1 14 0A7 7 0 0 1 1 8Zm7.75-4.25a.75.75 0 0 0-1.5 0V8c0 .414.336.75.75.75'
    'h3.25a.75.75 0 0 0 0-1.5h-2.5v-3.5Z" clip-rule="evenodd"/>'
)


def show(source, fragment=False, **values):
    """What a template makes of these values, as a page or as a fragment."""
    request = RequestFactory().get("/")
    request.htmx = fragment  # type: ignore[attr-defined]
    return engines["django"].from_string("{% load ui %}" + source).render(values, request)


def test_a_page_draws_each_icon_once_and_refers_to_it():
    assert show('{% icon "clock" %}{% icon "clock" "turning" label="Waits" %}{% sprite %}') == (
        '<svg class="icon" aria-hidden="true"><use href="#i-clock"/></svg>'
        '<svg class="icon turning" role="img" aria-label="Waits"><use href="#i-clock"/></svg>'
        '<svg width="0" height="0" class="unseen" aria-hidden="true">'
        f'<symbol id="i-clock" viewBox="0 0 16 16">{CLOCK}</symbol></svg>'
    )


def test_an_icon_of_a_fragment_brings_its_own_drawing_since_the_page_may_not_have_it():
    assert show('{% icon "clock" %}', fragment=True) == (
        f'<svg class="icon" aria-hidden="true" viewBox="0 0 16 16">{CLOCK}</svg>'
    )


def test_without_a_request_an_icon_brings_its_own_drawing_and_the_sheet_stays_empty():
    template = Engine(libraries={"ui": "atsbridge.dashboard.templatetags.ui"}).from_string(
        '{% load ui %}{% icon "clock" %}|{% sprite %}'
    )

    drawn, _, sheet = template.render(Context()).partition("|")

    assert CLOCK in drawn
    assert "symbol" not in sheet


def test_icons_that_an_included_part_uses_are_on_the_sheet():
    page = show('{% include "components/dismiss.html" only %}{% sprite %}')

    assert page.count("#i-x-mark") == page.count('id="i-x-mark"') == 1


@pytest.mark.parametrize(
    ("state", "badge"),
    [
        ("active", "badge good bare|check-circle|Active"),
        ("needs_relink", "badge broken bare|x-circle|Needs relink"),
        ("paused", "badge off bare|pause-circle|Paused"),
        ("unlinking", "badge off bare|minus-circle|Unlinking"),
        ("running", "badge busy bare|arrow-path|Running"),
        ("OPEN", "badge good bare|check-circle|Open"),
        ("DECLINED", "badge off bare|minus-circle|Declined"),
        ("gone_fishing", "badge off bare|minus-circle|Gone fishing"),
    ],
)
def test_a_state_is_icon_word_and_tint_together(state, badge):
    css, icon, word = badge.split("|")
    turning = " turning" if icon == "arrow-path" else ""

    assert show("{% state state bare=True %}", state=state) == (
        f'<span class="{css}"><svg class="icon{turning}" aria-hidden="true"><use href="#i-{icon}"/></svg>{word}</span>'
    )


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW - timedelta(seconds=3), "just now"),
        (NOW - timedelta(minutes=12, seconds=59), "12 min ago"),
        (NOW - timedelta(hours=2), "2 h ago"),
        (NOW - timedelta(hours=11), "yesterday, 21:26"),
        (datetime(2026, 11, 17, 15, 40, tzinfo=UTC), "Tue 15:40"),
        (datetime(2026, 10, 3, 16, 44, tzinfo=UTC), "3 Oct, 16:44"),
        (datetime(2025, 5, 2, 10, 1, tzinfo=UTC), "2 May 2025"),
        (NOW + timedelta(seconds=30), "in a moment"),
        (NOW + timedelta(minutes=8), "in 8 min"),
        (NOW + timedelta(hours=3), "at 11:26"),
        (NOW + timedelta(hours=20), "tomorrow, 04:26"),
        (NOW + timedelta(days=13), "2 Dec, 08:26"),
    ],
)
def test_a_time_is_told_as_people_do(moment, words):
    assert spans.relative(moment, NOW) == words


@time_machine.travel(NOW, tick=False)
def test_a_time_has_its_exact_moment_on_hover_and_for_screen_readers():
    moment = NOW - timedelta(minutes=4)

    assert show('{% ago moment %} {% day moment %} {% ago nothing "not yet" %}', moment=moment, nothing=None) == (
        '<time datetime="2026-11-19T08:22:03Z" title="19 Nov 2026, 08:22:03 UTC">4 min ago'
        '<span class="unseen"> (19 Nov 2026, 08:22:03 UTC)</span></time> '
        '<time datetime="2026-11-19T08:22:03Z" title="19 Nov 2026, 08:22:03 UTC">19 Nov'
        '<span class="unseen"> (19 Nov 2026, 08:22:03 UTC)</span></time> '
        '<span class="muted">not yet</span>'
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "duration",
            {
                0.412: "412 ms",
                1.2: "1.2 s",
                5: "5 s",
                375: "6 min 15 s",
                1440: "24 min",
                6720: "1 h 52 min",
                54000: "15 h",
                300000: "3 d",
                timedelta(seconds=9): "9 s",
                None: "–",
            },
        ),
        ("number", {0: "0", 12480: "12,480", None: "–"}),
        ("size", {80: "0.1 KB", 184_000: "184 KB", 1_250_000: "1.2 MB", None: "–"}),
    ],
)
def test_numbers_carry_their_unit(name, told):
    assert {value: show(f"{{{{ value|{name} }}}}", value=value) for value in told} == told


def test_a_gauge_turns_busy_when_it_reaches_its_reserve():
    full = show('{% gauge 488 500 "488 of 500 calls" reserve=20 %}')

    assert full == (
        '<svg class="gauge " role="img" aria-label="488 of 500 calls">'
        '<rect class="ground" width="100%" height="6" rx="3"/><rect class="f-busy" width="97.6%" height="6" rx="3"/>'
        '<line class="reserve" x1="96.0%" x2="96.0%" y1="0" y2="6"/></svg>'
    )
    assert 'class="bar" width="0.0%"' in show('{% gauge 0 0 "Nothing known" %}')


def test_a_provider_s_words_are_escaped_and_keep_their_direction():
    assert show('{% words name "clip" %}', name="<b>مريم</b>") == (
        '<span dir="auto" class="clip" title="&lt;b&gt;مريم&lt;/b&gt;">&lt;b&gt;مريم&lt;/b&gt;</span>'
    )
    assert show("{% words name %}", name=None) == '<span class="muted">–<span class="unseen">none</span></span>'


def test_every_part_of_a_table_has_its_role_because_stacked_rows_would_lose_it():
    source = (
        '{% table "Jobs" "fixed" id="jobs" %}<thead><tr><th scope="col" class="num">Job</th></tr></thead>'
        '<tbody><tr class="open"><th scope="row"><a href="?">{{ name }}</a></th><td>1</td></tr></tbody>{% endtable %}'
    )

    assert show(source, name="<td>") == (
        '<table class="data fixed" role="table" id="jobs"><caption class="unseen">Jobs</caption>'
        '<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col" class="num">Job</th></tr></thead>'
        '<tbody role="rowgroup"><tr role="row" class="open">'
        '<th role="rowheader" scope="row"><a href="?">&lt;td&gt;</a></th>'
        '<td role="cell">1</td></tr></tbody></table>'
    )


def test_the_tree_marks_the_paths_that_the_mapping_reads_and_opens_what_leads_there():
    answer = {"id": 7, "info": {"mails": [{"to": "<b>"}], "none": {}}, "far": {"a": None}}

    assert show("{% tree answer paths %}", answer=answer, paths=["id", "info.mails[].to"]) == (
        '<ul><li id="p-id" data-path="p-id"><bdi class="k">id</bdi>: <span class="n">7</span></li>'
        '<li><details open><summary><bdi class="k">info</bdi><span class="of">{2}</span></summary><ul>'
        '<li id="p-info-mails" data-path="p-info-mails"><details open><summary><bdi class="k">mails</bdi>'
        '<span class="of">[1]</span></summary><ul><li><details><summary><bdi class="k">0</bdi>'
        '<span class="of">{1}</span></summary><ul><li><bdi class="k">to</bdi>: <bdi class="s">"&lt;b&gt;"</bdi></li>'
        "</ul></details></li></ul></details></li>"
        '<li><bdi class="k">none</bdi>: <span class="z">{}</span></li></ul></details></li>'
        '<li><details><summary><bdi class="k">far</bdi><span class="of">{1}</span></summary><ul>'
        '<li><bdi class="k">a</bdi>: <span class="z">null</span></li></ul></details></li></ul>'
    )
    assert show('{% anchor "info.mails[].to" %} {% anchor "tags" "tags/1" %}') == "p-info-mails p-tags-1-tags"


def test_a_long_text_of_the_answer_is_folded():
    tree = show("{% tree answer %}", answer={"text": "x" * 201})

    assert tree.startswith(
        f'<ul><li><details><summary><bdi class="k">text</bdi>: <bdi class="s">"{"x" * 60} …"</bdi></summary>'
    )
    assert "x" * 201 in tree


def test_a_field_is_tied_to_its_hint_and_its_error():
    page = show('{% include "components/field.html" with field=form.label mono=True %}', form=Link({"label": "CATS"}))

    assert '<label for="id_label">Label</label>' in page
    assert '<input type="text" name="label" value="CATS" class="input mono" spellcheck="false"' in page
    assert 'aria-invalid="true" aria-describedby="id_label_error"' in page
    assert '<p class="error" id="id_label_error">' in page


def test_a_secret_can_be_revealed():
    page = show('{% include "components/field.html" with field=form.key %}', form=Link())

    assert 'type="password"' in page
    assert 'data-reveal="id_key" aria-pressed="false"' in page
    assert 'aria-describedby="id_key_helptext"' in page


def test_a_page_keeps_one_sheet_however_often_its_frame_is_asked_for():
    request = RequestFactory().get("/")
    frame(request)
    sheet = request.icons  # type: ignore[attr-defined]

    frame(request)

    assert request.icons is sheet  # type: ignore[attr-defined]
