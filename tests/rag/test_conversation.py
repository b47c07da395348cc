from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.conversation import sought_answer, standalone_question
from rag.records import Turn

FIRST = "How many companies did Washington blacklist in October 2019?"
ASKED = Turn(FIRST, "Eight. [1]")


def follow(*turns: tuple[str, str], last: str) -> str:
    return standalone_question(last, [Turn(question, answer) for question, answer in turns])


# ------------------------------------------------------------------ one part exchanged
@pytest.mark.parametrize(
    ("follow_up", "standalone"),
    [
        ("And in 2025?", "How many companies did Washington blacklist in 2025?"),
        ("What about March 2025?", "How many companies did Washington blacklist in March 2025?"),
        ("And Brussels?", "How many companies did Brussels blacklist in October 2019?"),
        ("And universities?", "How many universities did Washington blacklist in October 2019?"),
        ("Why?", "Why did Washington blacklist companies in October 2019?"),
        ("And who replied to it?", f"{FIRST} Who replied to it?"),
        ("When was that announced?", f"{FIRST} When was that announced?"),
        ("What did they say about the decision?", f"{FIRST} What did they say about the decision?"),
    ],
)
def test_follow_ups_take_what_they_lean_on(follow_up: str, standalone: str) -> None:
    assert standalone_question(follow_up, [ASKED]) == standalone


@pytest.mark.parametrize(
    ("question", "follow_up", "standalone"),
    [
        ("When was Huawei blacklisted?", "What about Tencent?", "When was Tencent blacklisted?"),
        ("What did Ana Silva say about ferries?", "And Bo Lind?", "What did Bo Lind say about ferries?"),
        ("What did Ana Silva say about ferries?", "And the owners?", "What did the owners say about ferries?"),
        ("What did Ana Silva say about Oslo?", "And about Bergen?", "What did Ana Silva say about Bergen?"),
        ("How did Oslo's budget change?", "And Bergen?", "How did Bergen's budget change?"),
        ("When does the Dutch rule begin?", "What about Japan?", "When does the Japanese rule begin?"),
        ("How much wool did China ship to Peru?", "And India?", "How much wool did India ship to Peru?"),
        ("Which firms did the US list with Huawei?", "And with ZTE?", "Which firms did the US list with ZTE?"),
        ("How long was Oslo's first ferry strike?", "And the third one?", "How long was Oslo's third ferry strike?"),
        ("How much is a ticket to Oslo, according to Ana Silva?", "And to Bergen?",
         "How much is a ticket to Bergen, according to Ana Silva?"),
    ],
)  # fmt: skip
def test_a_name_takes_the_place_of_its_like(question: str, follow_up: str, standalone: str) -> None:
    assert follow((question, "Unknown."), last=follow_up) == standalone


def test_what_was_exchanged_can_be_exchanged_again() -> None:
    turns = [("What did Ana Silva say about ferries?", "Much."), ("And the owners?", "Nothing.")]
    assert follow(*turns, last="What about Ferrylines?") == "What did Ferrylines say about ferries?"


def test_a_phrase_without_a_place_is_asked_about() -> None:
    turns = [("What charge did Acme expect?", "A big one."), ("And what was it in the end?", "Small.")]
    assert follow(*turns, last="What about Bolt?") == "What charge did Bolt expect?"
    assert follow(("Is it raining?", "Yes."), last="And snow?") == "Is it raining? What about snow?"


def test_a_time_takes_the_place_of_another_with_its_preposition() -> None:
    history = [Turn("How fast did it grow in the third quarter of 2019?")]
    assert standalone_question("And in 2020?", history) == "How fast did it grow in the third quarter of 2020?"


# ------------------------------------------------------------------ asked again
@pytest.mark.parametrize(
    ("question", "answer", "follow_up", "standalone"),
    [
        ("When was Acme blacklisted?", "In May.", "Why?", "Why was Acme blacklisted?"),
        ("Which firm did the US list in May?", "Acme.", "Why?", "Why did the US list Acme in May?"),
        ("Which firm was listed in May?", "Acme.", "But why?", "Why was Acme listed in May?"),
        ("What did Ana Silva say about ferries?", "A lot.", "Why?", "Why did Ana Silva say that about ferries?"),
        ("What did Ana Silva call the rule?", "A farce.", "Why?", "Why did Ana Silva call the rule a farce?"),
        ("Who criticised the rule?", "Ana Silva.", "When?", "When was it that Ana Silva criticised the rule?"),
        ("Which firms did the US list?", "Acme and Bolt.", "How many?", "How many firms did the US list?"),
        ("How long was the strike of Oslo?", "A week.", "Until when?", "Until when was the strike of Oslo?"),
        ("Was Acme fined?", "Yes.", "How come?", "Was Acme fined? How come?"),
    ],
)
def test_a_bare_question_word_asks_the_last_question_again(
    question: str, answer: str, follow_up: str, standalone: str
) -> None:
    assert follow((question, answer), last=follow_up) == standalone


def test_who_said_that_takes_the_last_answer_along() -> None:
    assert follow(("Is wool safe?", "Wool is no longer safe. [1] It burns. [2]"), last="Who said that?") == (
        "Is wool safe? Who said “Wool is no longer safe”?"
    )


def test_an_answer_that_is_long_is_not_taken_along() -> None:
    long = " ".join(["word"] * 60)
    assert follow(("Is wool safe?", long), last="Who said that?") == "Is wool safe? Who said that?"
    assert follow(("Which firm did the US list?", long), last="Why?") == "Why did the US list firm?"


# ------------------------------------------------------------------ pronouns and what points back
@pytest.mark.parametrize(
    ("question", "answer", "follow_up", "standalone"),
    [
        ("What does Ana Silva propose?", "A toll.", "Who is she?", "Who is Ana Silva?"),
        ("Who defended the toll?", "Ana Silva of the ministry.", "How old is she?", "How old is Ana Silva?"),
        ("Which app did the ministry praise?", "Chirp.", "Who owns it?", "Who owns Chirp?"),
        ("Which body was listed?", "The Oslo Institute.", "How did it react?", "How did the Oslo Institute react?"),
        ("Why was Acme fined?", "For fraud.", "How much did it pay in all?",
         "Why was Acme fined? How much did Acme pay in all?"),
        ("Why was Acme fined?", "For fraud.", "How long did it last?", "Why was Acme fined? How long did it last?"),
        ("Why did the US list Acme?", "For fraud.", "What did Peru say about it?",
         "Why did the US list Acme? What did Peru say about it?"),
        ("What did the US do in May?", "It listed Acme.", "How did Peru hit back the next day?",
         "What did the US do in May? How did Peru hit back the next day?"),
        ("Why did the US list Acme?", "For fraud.", "What did the company answer?",
         "Why did the US list Acme? What did the company answer?"),
    ],
)  # fmt: skip
def test_pronouns_are_replaced_where_there_is_little_doubt(
    question: str, answer: str, follow_up: str, standalone: str
) -> None:
    assert follow((question, answer), last=follow_up) == standalone


def test_a_pronoun_goes_on_meaning_what_it_meant() -> None:
    turns = [("Which app did the ministry praise?", "Chirp."), ("Who owns it?", "Bolt, a firm from Oslo.")]
    assert follow(*turns, last="Who attacked it in May?") == "Who attacked Chirp in May?"


def test_a_chain_of_follow_ups_keeps_its_first_subject_and_stays_short() -> None:
    history = [ASKED, Turn("And in 2025?", "Over fifty.")]
    assert standalone_question("Why?", history) == "Why did Washington blacklist companies in 2025?"
    history += [
        Turn("Why?", "For fraud."),
        Turn("Who contradicted them?", "Nobody."),
        Turn("And when was that?", "May."),
    ]
    assert standalone_question("What did they answer?", history) == (
        "How many companies did Washington blacklist in 2025? What did they answer?"
    )


# ------------------------------------------------------------------ change of topic
@pytest.mark.parametrize(
    "question",
    [
        "What did Huang Libin say about TikTok?",
        "Which share of chips does China import?",
        "What did the ministry that Huang Libin speaks for announce?",
        "Did Huawei say it would sue?",
        "What did Acme say about its listing?",
        "Who became chairman of ZTE in 2018?",
        "Thanks!",
    ],
)
def test_questions_that_stand_alone_are_left_alone(question: str) -> None:
    assert standalone_question(question, [ASKED]) == question


def test_a_new_topic_is_not_merged_and_is_what_later_turns_lean_on() -> None:
    new = "Who became chairman of ZTE in 2018?"
    assert standalone_question("What did the chairman promise?", [ASKED, Turn(new, "Li.")]) == (
        f"{new} What did the chairman promise?"
    )
    assert standalone_question("Another question: how is the weather?", [ASKED]) == "How is the weather?"


def test_a_return_takes_up_the_earlier_topic() -> None:
    history = [ASKED, Turn("Who became chairman of ZTE in 2018?", "Li.")]
    assert standalone_question("Back to the blacklist: who replied?", history) == f"{FIRST} Who replied?"
    assert standalone_question("Back to the weather: who replied?", history) == "Who replied?"


def test_thanks_do_not_end_a_topic() -> None:
    assert standalone_question("Who replied to it?", [ASKED, Turn("Thanks!", "")]) == f"{FIRST} Who replied to it?"


def test_nothing_to_lean_on() -> None:
    assert standalone_question("  Why\n so? ", []) == "Why so?"
    assert standalone_question("Why so?", [Turn("  ", "")]) == "Why so?"


# ------------------------------------------------------------------ what is read for
@pytest.mark.parametrize(
    ("question", "sought"),
    [
        ("And how old is the minister?", "How old is the minister?"),
        ("Who contradicted them?", "Who contradicted them: companies did Washington blacklist in October 2019?"),
        ("And in 2025?", "How many companies did Washington blacklist in 2025?"),
        ("What did Huang Libin say about TikTok?", "What did Huang Libin say about TikTok?"),
    ],
)
def test_passages_are_read_for_what_was_asked_last(question: str, sought: str) -> None:
    assert sought_answer(question, standalone_question(question, [ASKED])) == sought


def test_a_question_without_a_name_is_read_with_that_of_its_topic() -> None:
    standalone = follow(("Why did the US list Acme?", "For fraud."), last="What did the owners promise?")
    assert sought_answer("What did the owners promise?", standalone) == "What did the owners promise: Acme?"


# ------------------------------------------------------------------ any text
@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_question_in_one_line(question: str, turns: list[tuple[str, str]]) -> None:
    history = [Turn(asked, answer) for asked, answer in turns]
    standalone = standalone_question(question, history)
    assert "\n" not in standalone
    assert sought_answer(question, standalone) or not question.strip()


@pytest.mark.parametrize("text", ["A" * 4000, "A " * 2000, "the " * 1000, "Which a " * 500 + "?", "that A. of " * 400])
def test_hostile_questions_take_no_time(text: str) -> None:
    started = time.perf_counter()
    standalone_question(f"and {text}", [Turn(text, text), Turn("Why?", text)])
    assert time.perf_counter() - started < 10
