"""Measures which lines of scraped articles are taken out, and which are marked as captions.

    python benchmarks/boilerplate.py [--data FOLDER]

Lines were labelled by one reader: story, boilerplate (navigation, links to other stories, promotion, notices),
byline (authors, credits, contacts, datelines on a line of their own) or caption. `benchmarks/sets/
boilerplate_lines.jsonl` holds ids, line numbers, hashes and labels; the texts are read from --data. Articles are
drawn at random by outlet, their edges, short and repeated lines more often than chance ("edges"), and lines that
look like a link or a caption ("hard"): figures are of hard lines, not of all. Rules were written looking at the
articles of "dev" only. Right to take out is boilerplate and byline; a caption is to be kept and marked.
Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from ingest.boilerplate import boilerplate_lines  # noqa: E402
from ingest.cleaning import normalise_characters, tidy_lines  # noqa: E402
from ingest.headline import split_top  # noqa: E402
from ingest.repeats import Repeats, line_key  # noqa: E402

DATA = ROOT.parent / "shared"
LABELS = Path(__file__).parent / "sets" / "boilerplate_lines.jsonl"
TO_DROP = ("boilerplate", "byline")


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled line and what became of it: "dropped", "caption" or "kept"; by `alone`, without what repeats."""

    set: str
    drawn: str
    label: str
    found: str
    alone: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of an article as they are cleaned, and its outlet; None for a file that names none."""

    lines: list[str]
    outlet: str | None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of seeds and data/news-dev")
    options = parser.parse_args(arguments)
    if not (options.data / "data" / "news-dev").is_dir():
        print(f"{options.data} is absent or holds no data/news-dev: nothing to measure on", file=sys.stderr)
        return 1
    lines = measure(options.data)
    print(f"{len(lines)} lines")
    for name in ("dev", "held-out"):
        chosen = [line for line in lines if line.set == name]
        print(f"\n{name}: " + ", ".join(f"{n} {label}" for label, n in _count(chosen).items()))
        for row in table(chosen):
            print("  " + row)
    return 0


def measure(data: Path) -> list[Line]:
    """Every labelled line with what the cleaning does to it."""
    pages = dict(read_pages(data))
    labels = [json.loads(line) for line in LABELS.read_text().splitlines()]
    repeats = Repeats()
    found = {name: found_in(page) for name, page in pages.items()}
    for name, page in pages.items():
        if page.outlet:
            repeats.add(page.outlet, [t for t, what in zip(page.lines, found[name], strict=True) if what == "kept"])
    known = {outlet: repeats.of(outlet) for outlet in {page.outlet for page in pages.values()} if outlet}
    in_dev = {label["sha256"] for label in labels if label["set"] == "dev"}
    return [_line(label, pages[label["article"]], found[label["article"]], known, in_dev) for label in labels]


def _line(
    label: Mapping[str, str | int],
    page: Page,
    found: Sequence[str],
    known: Mapping[str, frozenset[int]],
    in_dev: set[str | int],
) -> Line:
    number = int(label["line"])
    text = page.lines[number]
    if hashlib.sha256(text.encode()).hexdigest()[:16] != label["sha256"]:
        raise SystemExit(f"line {number} of {label['article']} is another than was labelled: labels and data differ")
    alone = found[number]
    repeated = page.outlet is not None and line_key(text) in known[page.outlet]
    return Line(
        set=str(label["set"]),
        drawn=str(label["drawn"]),
        label=str(label["label"]),
        found="dropped" if repeated and alone == "kept" else alone,
        alone=alone,
        is_new=label["set"] == "dev" or label["sha256"] not in in_dev,
    )


def read_pages(data: Path) -> Iterator[tuple[str, Page]]:
    """The articles of the seeds and of news-dev, by id."""
    for file in sorted((data / "seeds").iterdir()):
        yield file.stem.partition("_")[2], Page(normalise_characters(file.read_text()).split("\n"), None)
    with gzip.open(data / "data" / "news-dev" / "articles.jsonl.gz", "rt", encoding="utf-8") as articles:
        for line in articles:
            article = json.loads(line)
            yield article["id"], Page(normalise_characters(article["text"]).split("\n"), article["source"])


def found_in(page: Page) -> list[str]:
    """What becomes of each line of an article: first the page's own lines go, then byline and dates at its top."""
    by_rule = boilerplate_lines(page.lines)
    left = [number for number, line in enumerate(page.lines) if line and number not in by_rule.dropped]
    text = tidy_lines("\n".join(page.lines[number] for number in left))
    top = split_top(text, has_title=page.outlet is not None)
    taken = len(text.split("\n")) - len(top.body.split("\n"))
    above = {number for number in left[:taken] if "title" not in top.fields}
    return [
        "dropped" if n in by_rule.dropped or n in above else "caption" if n in by_rule.captions else "kept"
        for n in range(len(page.lines))
    ]


def table(lines: Sequence[Line]) -> Iterator[str]:
    """Precision and recall of what is taken out and of what is marked, and the story lines taken out."""
    dropped = [line for line in lines if line.found == "dropped"]
    wanted = [line for line in lines if line.label in TO_DROP]
    yield _row("precision of what is taken out", [line.label in TO_DROP for line in dropped])
    yield _row("recall", [line.found == "dropped" for line in wanted])
    yield _row("recall without what the outlet repeats", [line.alone == "dropped" for line in wanted])
    for label in TO_DROP:
        yield _row(f"recall, {label}", [line.found == "dropped" for line in wanted if line.label == label])
    yield _row("recall, lines of which dev holds no copy", [x.found == "dropped" for x in wanted if x.is_new])
    yield _row("story lines taken out", [x.found == "dropped" for x in lines if x.label == "story"])
    yield _row("captions: precision", [x.label == "caption" for x in lines if x.found == "caption"])
    yield _row("captions: recall", [x.found == "caption" for x in lines if x.label == "caption"])


def _row(name: str, hits: Sequence[bool]) -> str:
    if not hits:
        return f"{name:<42} none"
    low, high = wilson(sum(hits), len(hits))
    return f"{name:<42} {sum(hits):>4} of {len(hits):<4} {sum(hits) / len(hits):.3f} ({low:.3f}-{high:.3f})"


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % score interval (JASA 1927) of a share."""
    z = 1.959964
    share, square = hits / of, z * z / of
    middle, half = share + square / 2, math.sqrt(square * share * (1 - share) + square * square / 4)
    return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))


def _count(lines: Sequence[Line]) -> Mapping[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        counts[line.label] += 1
    return counts


if __name__ == "__main__":
    sys.exit(main())
