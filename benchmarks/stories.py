"""Measures which articles are taken for one story, on labelled pairs and on copies made from real articles.

    python benchmarks/stories.py [--data FILE] [--copies N]

Labelled: pairs of news-dev, drawn by the overlap of their four-word runs and by their titles, not by what is
measured here, most of them hard; `benchmarks/sets/story_pairs.jsonl` holds ids and label, the texts are read from
--data. Same: a copy, a cut or an edited version, also for another place. Different: other reports of the event,
reports of its next turn, and last year's explainer for this year. Made: copies of random articles against random
pairs. Each way of grouping first reads all articles, as an ingest does. Intervals are 95 %, bootstrapped over
articles.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from ingest.captions import without_captions  # noqa: E402
from ingest.cleaning import clean, normalise_characters  # noqa: E402
from ingest.duplicates import RESEMBLANCE, RUN, Stories, signature  # noqa: E402
from rag.tokens import tokens  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "news-dev" / "articles.jsonl.gz"
PAIRS = Path(__file__).parent / "sets" / "story_pairs.jsonl"
RESAMPLES = 2000
PERMUTATIONS = 128
LINES = (
    "Join our channel for more news.",
    "Share this article with your friends",
    "Menu Home World Business Sport Opinion Video",
    "Sign up for our newsletter and get the news in the morning.",
    "We use cookies to improve what you see here. You can change your choice at any time.",
    "Read more: what the council decided last week",
)
REWORDED = {
    "said": "stated",
    "but": "yet",
    "also": "as well",
    "after": "following",
    "about": "around",
    "people": "persons",
    "because": "since",
    "many": "numerous",
    "began": "started",
    "while": "whereas",
    "against": "opposing",
    "between": "among",
}


@dataclass(frozen=True, slots=True)
class Text:
    """An article as it is grouped."""

    id: str
    text: str
    day: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles, whether they are one story, and whether they were taken for one."""

    kind: str
    one: str
    same: bool
    taken: bool


Group = Callable[[Sequence[Text], Sequence[Text]], Mapping[str, str]]
"""Stored articles and later ones → the story of each by article id."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="articles of news-dev, .jsonl.gz")
    parser.add_argument("--copies", type=int, default=60, help="articles that copies of each kind are made of")
    options = parser.parse_args(arguments)
    if not options.data.is_file():
        print(f"{options.data} is absent: nothing to measure on", file=sys.stderr)
        return 1
    articles = list(read_articles(options.data))
    copies = list(make_copies(articles, options.copies))
    for name, group in (("Groundwire", by_groundwire), ("datasketch MinHash LSH", by_minhash)):
        started = time.process_time()
        stories = group(articles, [copy for _, _, copy in copies])
        seconds = time.process_time() - started
        print(f"\n{name}: {seconds:.1f} processor seconds for {len(articles) + len(copies)} articles")
        for line in table([*labelled(stories), *made(stories, articles, copies)]):
            print(line)
    return 0


def read_articles(path: Path) -> Iterator[Text]:
    """The articles as an ingest stores them."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            read = json.loads(line)
            yield Text(read["id"], clean(normalise_characters(read["text"]), read["title"]).text, read["date"])


# ------------------------------------------------------------------ copies
def make_copies(articles: Sequence[Text], count: int) -> Iterator[tuple[str, str, Text]]:
    """Kind, id of the original and the copy, for each of the first `count` articles in random order."""
    chance = random.Random(0)
    for original in chance.sample(list(articles), min(count, len(articles))):
        for kind, change in CHANGES.items():
            text = clean(change(original.text, chance)).text
            yield kind, original.id, Text(f"{original.id} {kind}", text, original.day)


def _cut(text: str, chance: random.Random) -> str:
    return text[: int(len(text) * chance.uniform(0.3, 0.9))]


def _retitled(text: str, chance: random.Random) -> str:
    return f"What the decision of {chance.choice(['Monday', 'Friday'])} means for you\n- The whole story\n{text}"


def _with_paragraphs_dropped(text: str, chance: random.Random) -> str:
    paragraphs = text.split("\n")
    return "\n".join(p for p in paragraphs if chance.random() > 0.3) or text


def _with_boilerplate(text: str, chance: random.Random) -> str:
    paragraphs = text.split("\n")
    for _ in range(max(3, len(paragraphs) // 8)):
        paragraphs.insert(chance.randrange(len(paragraphs) + 1), chance.choice(LINES))
    return "\n".join(paragraphs)


def _reworded(text: str, chance: random.Random) -> str:
    return " ".join(REWORDED.get(word, word) if chance.random() < 0.7 else word for word in text.split(" "))


def _cut_and_changed(text: str, chance: random.Random) -> str:
    for change in (_cut, _with_paragraphs_dropped, _with_boilerplate, _retitled):
        text = change(text, chance)
    return text


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "cut to 30-90 %": _cut,
    "retitled": _retitled,
    "3 in 10 paragraphs dropped": _with_paragraphs_dropped,
    "boilerplate added": _with_boilerplate,
    "lightly reworded": _reworded,
    "cut, dropped, added, retitled": _cut_and_changed,
}


# ------------------------------------------------------------------ ways of grouping
def by_groundwire(stored: Sequence[Text], later: Sequence[Text]) -> dict[str, str]:
    """`ingest.duplicates`, one article after the other. A later one is grouped and forgotten again."""
    texts = {article.id: article.text for article in (*stored, *later)}
    stories = Stories([], texts.get)
    found = {a.id: stories.assign(a.id, a.text, signature(a.text, a.day)) for a in stored}
    for article in later:
        found[article.id] = stories.assign(article.id, article.text, signature(article.text, article.day))
        stories.forget(article.id)
    return found


def by_minhash(stored: Sequence[Text], later: Sequence[Text]) -> dict[str, str]:
    """MinHash with LSH, an article joining the one its signature resembles most. Nothing is confirmed."""
    from datasketch import MinHash, MinHashLSH

    def sketch(text: str) -> MinHash:
        words = tokens(without_captions(text))
        runs = {" ".join(words[i : i + RUN]).encode() for i in range(max(1, len(words) - RUN + 1))}
        made = MinHash(num_perm=PERMUTATIONS)
        made.update_batch(runs)
        return made

    index = MinHashLSH(threshold=RESEMBLANCE, num_perm=PERMUTATIONS)
    sketches: dict[str, MinHash] = {}
    found: dict[str, str] = {}
    for article in (*stored, *later):
        own = sketch(article.text)
        near = max(((own.jaccard(sketches[other]), other) for other in index.query(own)), default=(0.0, ""))
        found[article.id] = found[near[1]] if near[0] >= RESEMBLANCE else article.id
        if len(sketches) < len(stored):
            index.insert(article.id, own)
            sketches[article.id] = own
    return found


# ------------------------------------------------------------------ figures
def labelled(stories: Mapping[str, str]) -> Iterator[Pair]:
    """The labelled pairs, by set."""
    for line in PAIRS.read_text().splitlines():
        pair = json.loads(line)
        taken = stories[pair["one"]] == stories[pair["other"]]
        yield Pair(f"labelled, {pair['set']}", pair["one"], pair["same"], taken)


def made(
    stories: Mapping[str, str], articles: Sequence[Text], copies: Sequence[tuple[str, str, Text]]
) -> Iterator[Pair]:
    """Each copy with its original, and with another article drawn for it."""
    chance = random.Random(1)
    for kind, original, copy in copies:
        other = chance.choice([a for a in articles if a.id != original])
        yield Pair(f"made: {kind}", original, True, stories[copy.id] == stories[original])
        if stories[other.id] != stories[original]:
            yield Pair(f"made: {kind}", original, False, stories[copy.id] == stories[other.id])


def table(pairs: Sequence[Pair]) -> Iterator[str]:
    """A line for each kind of pair, and for all labelled and all made ones."""
    kinds = list(dict.fromkeys(pair.kind for pair in pairs))
    yield f"{'pairs':<36} {'same':>5} {'other':>5}  precision recall  F1"
    for name in ("labelled", "made"):
        for kind in (name, *(kind for kind in kinds if kind.startswith(name))):
            chosen = [pair for pair in pairs if pair.kind.startswith(kind)]
            low, high = interval(chosen)
            precision, recall, f1 = figures(chosen)
            same = sum(pair.same for pair in chosen)
            label = f"all {name}" if kind == name else kind
            yield (
                f"{label:<36} {same:>5} {len(chosen) - same:>5}  {precision:9.3f} {recall:6.3f}  "
                f"{f1:.3f} ({low:.3f}-{high:.3f})"
            )


def figures(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Precision, recall and F1 of "same"; 1 where nothing was to be found or was taken."""
    right = sum(pair.same and pair.taken for pair in pairs)
    taken, same = sum(pair.taken for pair in pairs), sum(pair.same for pair in pairs)
    precision, recall = right / taken if taken else 1.0, right / same if same else 1.0
    return precision, recall, 2 * right / (taken + same) if taken + same else 1.0


def interval(pairs: Sequence[Pair]) -> tuple[float, float]:
    """95 % percentile bootstrap of F1; pairs of one article are drawn together."""
    chance = random.Random(2)
    clusters: dict[str, list[Pair]] = {}
    for pair in pairs:
        clusters.setdefault(pair.one, []).append(pair)
    groups = list(clusters.values())
    drawn = sorted(
        figures([pair for group in chance.choices(groups, k=len(groups)) for pair in group])[2]
        for _ in range(RESAMPLES)
    )
    return drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES) - 1]


if __name__ == "__main__":
    sys.exit(main())
