"""Lines that pages add, captions, and what an outlet repeats from story to story."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.boilerplate import main, measure
from ingest.boilerplate import boilerplate_lines, is_boilerplate
from ingest.captions import caption_spans, is_caption, without_captions
from ingest.repeats import FEWEST, Repeats, line_key, without_repeats

PARAGRAPH = "The harbour board of Port Anders voted on Tuesday to raise berth fees by 12 per cent from January."


@pytest.mark.parametrize(
    "line",
    [
        "More:Fishing villages protest against fees",
        "More: Fishing villages protest. What to know",
        "READ:Port Anders closes its old quay",
        "OPINION: The fees are too low",
        "Need a break? Play the Anders Courier crossword.",
        "Looking for more news? Sign up for our newsletter.",
        "Want harbour news in your inbox? Subscribe to The Quay for all of it.",
        "For more odd stories, sign up to the weekly Tides newsletter.",
        "Prep for the vote: See who is running for harbour master",
        "Stay in the conversation: Sign up for the Anders newsletter",
        "Podcasts: Ships, sailors and more podcasts right here",
        "More harbour coverage from Anders Courier",
        "Leer en español",
        "___",
        "(This story was updated to add new information.)",
        "This is a developing story. Check back for updates.",
        "Editor's note: This page is about Tuesday's vote. For the latest news, follow our live updates.",
        "Contributing: Mia Sund, Jon Vik; Reuters",
        "Mia Sund and Jon Vik contributed to this report.",
        "– Mia Sund",
        "-- Jon Vik and Mia Sund",
        "Port Anders CNN —",
        "Hong Kong/London CNN Business —",
        "msund@courier.example",
        "Contact Mia Sund at msund@courier.example. Follow her on X @miasund.",
        "Mia Sund covers harbours for the Courier. Reach her at msund@courier.example.",
        "Have a tip? Contact the reporter at msund@courier.example.",
        "You can follow Courier reporter Mia Sund on X @miasund and subscribe to our newsletter.",
        "We occasionally recommend things. If you buy one, we may earn an affiliate fee.",
        "Support local journalism. Subscribe to the Courier today.",
        "Video Ad Feedback Ships leave the harbour 01:57 - Source: ACN",
        "To take part in the discussion, log in or register",
    ],
)
def test_what_pages_add(line: str) -> None:
    assert boilerplate_lines([PARAGRAPH, line, PARAGRAPH[::-1]]).dropped == {1}


@pytest.mark.parametrize(
    "line",
    [
        "More ships came than in any year before.",
        "What happens next?",
        "Board chair: 'We will not stand for this'",
        "Lena Holt: I was told on Monday.",
        "Where: Town hall, 7 p.m.",
        "Contact Port Anders Police at tips@police.example with information.",
        "Anyone with information should write to tips@police.example.",
        "Follow the money, she said.",
        "Watch out for ice on the quay, the harbour master said.",
        "The reporter was reached by phone.",
        "The board may earn more from fees than it spends.",
        "7 p.m.: The vote is counted.",
        "Lena Holt is the editor of a magazine about ships.",
        "She said:“We will not pay.”",
        "WASHINGTON – The board voted.",
        "Correction: An earlier version named the wrong chair.",
        "BEST SHIP: Anna Maria",
        "Get the ship out of the channel, the captain shouted.",
        "He had joined the channel company in 2019.",
    ],
)
def test_story_lines_that_look_alike_stay(line: str) -> None:
    below = [PARAGRAPH.replace("Tuesday", f"day {n}") for n in range(5)]
    assert boilerplate_lines([PARAGRAPH, line, *below]).dropped == frozenset()


def test_a_headline_glued_to_its_label_is_a_link_and_a_speaker_is_none() -> None:
    link = "Fees rise again:Port Anders ships pay more"
    assert boilerplate_lines([PARAGRAPH, link]).dropped == {1}
    talk = ["Lena Holt:What did the board say to that?", "Jon Vik:Nothing at all", "Lena Holt:Nothing on Tuesday?"]
    assert boilerplate_lines([PARAGRAPH, *talk]).dropped == {2}


def test_labels_in_capitals_are_links_unless_they_make_a_list() -> None:
    link = "TIME IS NOW: Nine reasons why fees had to rise"
    assert boilerplate_lines([PARAGRAPH, link]).dropped == {1}
    listed = [f"SHIP {n}: The old boat that came home from sea" for n in "ABCDEFG"]
    assert boilerplate_lines([PARAGRAPH, *listed]).dropped == frozenset()


def test_a_sentence_about_the_author_goes_at_the_end_only() -> None:
    note = "Mia Sund is a Port Anders-based journalist reporting on ships."
    story = [PARAGRAPH.replace("12", str(n)) for n in range(6)]
    assert boilerplate_lines([*story, note]).dropped == {6}
    assert boilerplate_lines([note, *story]).dropped == frozenset()


CAPTIONS = [
    "The harbour at dusk. PHOTO: REUTERS",
    "The harbour at dusk. (Picture: Xinhua)",
    "An illustration of a crane at work. Photo: VCG",
    "© REUTERS / J. VikLena Holt arrives at the town hall on May 16, 2023.",
    "Lena Holt arrives at the town hall. Jon Vik/AFP/Getty Images",
    "Lena Holt arrives at the town hall. AFP via Getty Images",
    "Ships wait outside Port Anders. Jon Vik/AP",
    "Lena Holt, left. CNN",
    "FILE PHOTO: A ship enters Port Anders",
    "The town hall (Image credit: Jon Vik/Getty Images)",
    "Jon Vik/AP",
    "A crane. Jon Vik/AP A ship. Mia Sund/Reuters " * 20 + "In pictures: Port Anders Prev Next",
]


@pytest.mark.parametrize("line", CAPTIONS)
def test_captions_are_marked_and_kept(line: str) -> None:
    assert is_caption(line)
    assert not is_boilerplate(line)
    found = boilerplate_lines([PARAGRAPH, line])
    assert found.captions == {1}
    assert found.dropped == frozenset()
    text = f"{PARAGRAPH}\n\n{line}\n{PARAGRAPH}"
    ((start, end),) = caption_spans(text)
    assert text[start:end] == line
    assert without_captions(text) == f"{PARAGRAPH}\n\n{PARAGRAPH}"


@pytest.mark.parametrize(
    "line",
    [
        "The vote was close, the agency reported. – Reuters",
        "Holt spoke to AP.",
        "The photo: a grainy image of the minister leaving the hotel. It changed the election.",
        "He took a photo of the ship and sent it to Reuters.",
        "Holt told CNN",
        "",
        "Readers can page with Prev Next",
    ],
)
def test_sentences_that_name_an_agency_are_no_captions(line: str) -> None:
    assert not is_caption(line)


def test_a_text_of_captions_alone_is_its_story() -> None:
    assert caption_spans("\n".join(CAPTIONS[:2])) == []


@given(st.lists(st.sampled_from([*CAPTIONS[:4], PARAGRAPH, "", "Short."]), max_size=8))
def test_caption_spans_are_whole_lines_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    spans = caption_spans(text)
    assert [text[s:e] for s, e in spans] in ([line for line in lines if is_caption(line)], [])
    assert all(a[1] < b[0] for a, b in pairwise(spans))


HOUSE = "Anders Courier readers have until Friday to enter the great boat lottery"
SHARED = "People who pay late have to pay a fine of 20 crowns, according to the board."


def learned(articles: int) -> Repeats:
    """What is learned from stories that share a house line, and a paragraph with the same neighbours."""
    repeats = Repeats()
    for n in range(articles):
        story = [
            PARAGRAPH.replace("12", str(n)),
            HOUSE,
            f"The vote of day {n} was close.",
            "Before it.",
            SHARED,
            "After it.",
        ]
        repeats.add("courier", story)
    return repeats


def test_what_stands_between_other_lines_each_time_is_learned() -> None:
    assert learned(FEWEST).of("courier") == {line_key(HOUSE)}
    assert learned(FEWEST - 1).of("courier") == frozenset()
    assert learned(FEWEST).of("another") == frozenset()


def test_what_was_learned_is_never_forgotten() -> None:
    later = Repeats.from_json(learned(FEWEST).to_json())
    later.add("courier", [PARAGRAPH])
    assert later.of("courier") == {line_key(HOUSE)}
    assert later.known() == {"courier": {line_key(HOUSE)}}
    for wrong in ("[]", '{"a": 1}', '{"a": ["x"]}', "{"):
        with pytest.raises(ValueError, match=r".+"):
            Repeats.from_json(wrong)


def test_copies_of_one_story_teach_nothing() -> None:
    repeats = Repeats()
    for _ in range(2 * FEWEST):
        repeats.add("courier", ["Port raises its fees.", HOUSE, SHARED, "The end of it."])
    assert repeats.of("courier") == frozenset()


def test_learned_lines_go_unless_they_are_most_of_the_text() -> None:
    keys = learned(FEWEST).of("courier")
    assert without_repeats(f"{PARAGRAPH}\n{HOUSE}\n{SHARED}", keys) == f"{PARAGRAPH}\n{SHARED}"
    assert without_repeats(f"{HOUSE}\nShort.", keys) == f"{HOUSE}\nShort."


def test_the_labelled_lines_are_told_apart(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = measure(shared)
    held_out = [line for line in lines if line.set == "held-out"]
    taken = [line for line in held_out if line.found == "dropped"]
    wanted = [line for line in held_out if line.label in ("boilerplate", "byline")]
    assert sum(line.label in ("boilerplate", "byline") for line in taken) >= 0.98 * len(taken)
    assert sum(line.found == "dropped" for line in wanted) >= 0.85 * len(wanted)
    assert main(["--data", str(shared / "nowhere")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
