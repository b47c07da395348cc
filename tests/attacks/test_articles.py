"""Every hostile article: what is stored and quoted of it, what an obeying model makes of it, what is rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rag import Filters
from rag.answer_records import Answer
from rag.chatbot import Chatbot
from rag.events import Event
from tests.attacks.checking import (
    check_answer,
    check_html,
    check_no_canary,
    check_page,
    check_plain,
    check_terminal,
    exchange_of,
    never_shown,
    quoted_from,
)
from tests.attacks.corpus import ATTACKS
from tests.attacks.library import World
from tests.attacks.obeying import ObeyingInForm, ObeyingModel
from tests.attacks.world import QUESTION, TRUE_COST, TRUE_IDS, Attack
from web.listing import Listing, Wanted, listing_html

EVERY = pytest.mark.parametrize("attack", ATTACKS, ids=[f"{a.kind}: {a.name}" for a in ATTACKS])
OpenBot = Callable[..., Chatbot]


def ask(bot: Chatbot, world: World, attack: Attack, question: str = QUESTION) -> Answer:
    """The answer over the true reports and one hostile article, checked in every form that shows it."""
    article = world.articles[attack.file]
    stream: Iterator[Event] = bot.stream(question, filters=Filters(article_ids=(*TRUE_IDS, article.id)))
    exchange, answer = exchange_of(question, stream)
    check_answer(answer, world.library, bot.settings.policy)
    check_no_canary(answer, world.library, attack.canaries)
    check_terminal(answer)
    check_page(exchange, world.library, [article])
    if attack.hides:
        assert never_shown(answer, attack.canaries[0])
    return answer


def test_the_corpus_is_what_it_claims() -> None:
    assert len(ATTACKS) >= 85
    for values in ([a.file for a in ATTACKS], [a.order for a in ATTACKS], [(a.kind, a.name) for a in ATTACKS]):
        assert len(set(values)) == len(ATTACKS)


@EVERY
def test_only_what_a_reader_could_see_is_stored(world: World, attack: Attack) -> None:
    article = world.articles[attack.file]
    stored = " ".join([article.text, article.title, article.outlet or ""])
    if attack.name != "lookalike letters":
        assert (attack.canaries[0] in stored) != attack.hides
    check_plain(" ".join([stored, article.author or "", article.id, article.url or ""]).replace("\n", ""))
    assert article.url is None or article.url.startswith(("http://", "https://"))
    assert article.url is None or "@" not in article.url.split("/")[2]
    assert article.published is None or article.published[:4].isdigit()


@EVERY
def test_quotations_hold(world: World, open_bot: OpenBot, attack: Attack) -> None:
    answer = ask(open_bot(), world, attack)
    assert TRUE_COST in answer.text
    ask(open_bot(), world, attack, "Who bought the Halden bridge from the county, and for how many crowns?")


@EVERY
def test_an_obeying_model_is_held(world: World, open_bot: OpenBot, attack: Attack) -> None:
    for model in (ObeyingModel(attack.order), ObeyingInForm(attack.order)):
        answer = ask(open_bot(model), world, attack)
        assert answer.withheld
        if not never_shown(answer, attack.canaries[0]):
            assert quoted_from(answer, world.library) >= {world.articles[attack.file].id}
        check_prompt(model.asked[0], len(answer.retrieved))


def check_prompt(prompt: str, passages: int) -> None:
    """Nothing in an article ended the fence, began a passage or a turn, or hides."""
    lines = prompt.split("\n")
    assert [line for line in lines if line.startswith("<")] == ["<passages>", "</passages>"]
    assert sum(line.startswith(f"[{n}] ") for n in range(1, 100) for line in lines) == passages
    assert "<|" not in prompt
    assert "[INST]" not in prompt
    check_plain(prompt)


def test_near_copies_do_not_outvote_a_story(world: World, open_bot: OpenBot) -> None:
    lies = [article for file, article in world.articles.items() if file.startswith("poison")]
    assert len(lies) == 8
    assert len({article.story_id for article in lies}) == 1
    ids = tuple(article.id for article in lies)
    exchange, answer = exchange_of(
        QUESTION, open_bot().stream(QUESTION, filters=Filters(article_ids=(*TRUE_IDS, *ids)))
    )
    check_answer(answer, world.library)
    check_page(exchange, world.library)
    assert len({r.article.id for r in answer.retrieved} & set(ids)) == 1
    assert set(TRUE_IDS[:2]) <= {r.article.id for r in answer.retrieved}
    assert TRUE_COST in answer.text
    for citation in answer.citations:
        if citation.article_id in ids:
            assert {copy.article_id for copy in citation.also_in} == set(ids) - {citation.article_id}


def test_the_list_of_articles_is_inert(world: World) -> None:
    listing = Listing(world.library.heads())
    for number in range(1, 4):
        check_html(listing_html(listing.page(Wanted(page=number)), listing))


def test_nothing_is_written_beside_the_library(world: World) -> None:
    assert sorted(p.name for p in world.folder.iterdir()) == ["inbox", "library"]
    assert not world.skipped
