"""Do the 95 % intervals cover, and how often does the paired test see a difference that is not there?

    python benchmarks/intervals.py [--worlds N]

Draws worlds whose truth is known, with questions that belong together (clusters of 1 to 6 on one article,
alike by an intra-class correlation of 0.2), scores them as a run is scored, and prints two Markdown tables:
how often `eval.statistics.summarise` covers the truth, and how often `eval.paired.compare_paired` gives
p < 0.05 for two runs of the same quality. Exits with 1 if a coverage is outside 93-97 %, or a false-positive
rate of figures that take many values is outside 4-6 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # before this folder, whose ingest.py is not the package

from eval.metrics.catalog import BY_NAME  # noqa: E402
from eval.metrics.metric import Metric  # noqa: E402
from eval.outcomes import Outcome, Scored  # noqa: E402
from eval.paired import compare_paired  # noqa: E402
from eval.statistics import summarise  # noqa: E402

Floats = NDArray[np.float64]
LIKENESS = 0.2
SIZES = (60, 200)
COVERAGE, FALSE_POSITIVES = (0.93, 0.97), (0.04, 0.06)
SHARE, MEAN = BY_NAME["groundedness"], BY_NAME["answer_sentences"]


@dataclass(frozen=True, slots=True)
class World:
    """A kind of figure whose truth is known.

    Attributes:
        draw: (generator, cluster of each question) → value of each question.
        fine: Whether the figure takes so many values that a test can use up its 5 %.
    """

    name: str
    metric: Metric
    truth: float
    draw: Callable[[np.random.Generator, NDArray[np.int64]], Floats]
    fine: bool = True


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happened in `worlds` draws of `questions` questions."""

    world: str
    questions: int
    worlds: int
    rate: float
    fine: bool = True


def yes_or_no(chance: float) -> World:
    """0/1 per question, such as answer_correct."""

    def draw(random: np.random.Generator, cluster: NDArray[np.int64]) -> Floats:
        return (random.random(len(cluster)) < _chances(random, cluster, chance)).astype(float)

    return World(f"0/1, true share {chance}", SHARE, chance, draw, fine=False)


def part(chance: float) -> World:
    """Share of one to three sentences per question, such as groundedness."""

    def draw(random: np.random.Generator, cluster: NDArray[np.int64]) -> Floats:
        sentences = random.integers(1, 4, len(cluster))
        return np.asarray(random.binomial(sentences, _chances(random, cluster, chance)) / sentences, dtype=float)

    return World(f"share of 1-3 sentences, true mean {chance}", SHARE, chance, draw)


def skewed() -> World:
    """A skewed positive mean, such as tokens or sentences: gamma with a shape of 4, scaled by cluster."""

    def draw(random: np.random.Generator, cluster: NDArray[np.int64]) -> Floats:
        scale = random.gamma(16, 1 / 16, cluster.max() + 1)
        return np.asarray(random.gamma(4, 1, len(cluster)) * scale[cluster], dtype=float)

    return World("skewed mean (gamma)", MEAN, 4.0, draw)


WORLDS = (yes_or_no(0.5), yes_or_no(0.8), yes_or_no(0.9), part(0.8), part(0.9), skewed())


def coverage(world: World, questions: int, worlds: int, seed: int = 0) -> Rate:
    """How often the interval holds the truth."""
    random = np.random.default_rng(seed)
    held = 0
    for index in range(worlds):
        cluster = clusters_of(random, questions)
        interval = summarise(world.metric, scored(world.draw(random, cluster)), names(cluster), seed=index).interval
        held += interval is not None and interval.low <= world.truth <= interval.high
    return Rate(world.name, questions, worlds, held / worlds)


def false_positives(world: World, questions: int, worlds: int, seed: int = 0) -> Rate:
    """How often two runs of the same quality differ with p < 0.05."""
    random = np.random.default_rng(seed)
    found = 0
    for index in range(worlds):
        cluster = clusters_of(random, questions)
        a, b = (scored(world.draw(random, cluster)) for _ in range(2))
        test = compare_paired(world.metric, a, b, names(cluster), seed=index)
        found += test is not None and test.p < 0.05
    return Rate(world.name, questions, worlds, found / worlds, world.fine)


def clusters_of(random: np.random.Generator, questions: int) -> NDArray[np.int64]:
    """The cluster of each question; sizes are geometric, at most 6, two on average."""
    sizes = np.minimum(random.geometric(0.5, questions), 6)
    return np.asarray(np.repeat(np.arange(questions), sizes)[:questions], dtype=np.int64)


def names(cluster: NDArray[np.int64]) -> list[str]:
    """Clusters as `summarise` names them."""
    return [str(index) for index in cluster]


def scored(values: Floats) -> list[Outcome]:
    """Values as outcomes."""
    return [Scored(float(value)) for value in values]


def markdown(rates: Sequence[Rate], what: str) -> str:
    """Kinds of figures down, numbers of questions across."""
    lines = [f"| {what} | " + " | ".join(f"n = {n}" for n in SIZES) + " |", "|---" * (len(SIZES) + 1) + "|"]
    for world in dict.fromkeys(rate.world for rate in rates):
        cells = [f"{rate.rate:.1%}" for rate in rates if rate.world == world]
        lines.append(f"| {world} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _chances(random: np.random.Generator, cluster: NDArray[np.int64], chance: float) -> Floats:
    strength = (1 - LIKENESS) / LIKENESS
    return np.asarray(random.beta(chance * strength, (1 - chance) * strength, cluster.max() + 1)[cluster], dtype=float)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints both tables; 1 when a rate is out of its range."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--worlds", type=int, default=2000, help="draws per cell (default: 2000)")
    options = parser.parse_args(arguments)
    covered = [coverage(world, n, options.worlds) for world in WORLDS for n in SIZES]
    print(f"{options.worlds} draws a cell; the simulation's own 95 % error is at most "
          f"{196 * (0.05 * 0.95 / options.worlds) ** 0.5:.1f} points.\n")  # fmt: skip
    print(markdown(covered, "coverage of the 95 % interval"), end="\n\n", flush=True)
    seen = [false_positives(world, n, options.worlds) for world in WORLDS for n in SIZES]
    print(markdown(seen, "false positives at 5 %"))
    outside = [r for r in covered if not COVERAGE[0] <= r.rate <= COVERAGE[1]]
    outside += [r for r in seen if r.rate > FALSE_POSITIVES[1] or (r.fine and r.rate < FALSE_POSITIVES[0])]
    for rate in outside:
        print(f"out of range: {rate.world}, n = {rate.questions}: {rate.rate:.1%}", file=sys.stderr)
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
