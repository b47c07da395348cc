"""The questions of news_dev_paraphrased.jsonl, with the text of their quotes put in from the articles.

    python benchmarks/sets/paraphrased.py [--data DIR] [--write FILE]

The file holds where each quote stands and a digest of it, but no article text. This reads the text from
../shared/data/news-dev, checks that it is the text that was labelled and that it holds the answer, and prints how
many of a question's words stand in its support, beside the same figure for news-dev's own questions.
--write stores the gold file that `python -m eval run` reads (keep it out of the repository: it holds article text).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from eval.cases import GoldCase, case_json, load_cases, read_case  # noqa: E402
from eval.lines import json_lines  # noqa: E402
from eval.metrics.normalising import canonical_tokens, contains  # noqa: E402
from rag.errors import GoldSetError, GroundwireError  # noqa: E402
from rag.tokens import content_stems  # noqa: E402

SET = Path(__file__).with_name("news_dev_paraphrased.jsonl")
DATA = ROOT.parent / "shared" / "data" / "news-dev"
LOW_OVERLAP = 0.35


def load_paraphrased(data: Path = DATA, path: Path = SET) -> list[GoldCase]:
    """The cases of a set, their quotes filled in from the articles in `data`/articles.jsonl.gz.

    Raises:
        GoldSetError: A file cannot be read, an article is absent, a quote is not the labelled text, or it does
            not hold the answer.
    """
    return paraphrased_cases(article_texts(data), path)


def paraphrased_cases(texts: Mapping[str, str], path: Path = SET) -> list[GoldCase]:
    """As `load_paraphrased`, from article id → text."""
    return [read_case(_filled(document, texts, f"{path}:{n}"), f"{path}:{n}") for n, document in json_lines(path)]


def article_texts(data: Path) -> dict[str, str]:
    """Article id → text."""
    return {document["id"]: document["text"] for _, document in json_lines(data / "articles.jsonl.gz")}


def quote_digest(text: str) -> str:
    """Twelve hex digits that change with any letter of a quote."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def share_in_support(case: GoldCase) -> float:
    """Part of the question's distinct content stems that its closest quote holds, in [0, 1]."""
    return max(_share(case.question, quote.text) for quote in case.quotes)


def share_in_article(case: GoldCase, texts: Mapping[str, str]) -> float:
    """Part of the question's distinct content stems that its closest supporting article holds, in [0, 1]."""
    return max(_share(case.question, texts[key]) for key in case.support)


def _share(question: str, text: str) -> float:
    asked = set(content_stems(question))
    return len(asked & set(content_stems(text))) / max(1, len(asked))


def _filled(document: Mapping[str, Any], texts: Mapping[str, str], where: str) -> dict[str, Any]:
    quotes = [_quote(q, texts, where) for q in document.get("support_quotes", ())]
    for key in [*document.get("support", ()), *document.get("maybe_support", ())]:
        if key not in texts:
            raise GoldSetError(f"{where}: no article {key!r}. Give the news-dev articles that were labelled.")
    answers = [a for a in (document.get("answer"), *document.get("answer_aliases", ())) if a]
    for quote in quotes:
        said = canonical_tokens(quote["text"])
        if not any(contains(said, canonical_tokens(answer)) for answer in answers):
            raise GoldSetError(f"{where}: the quote of {quote['article']} does not hold the answer. Correct its span.")
    return {**document, "support_quotes": quotes}


def _quote(quote: Mapping[str, Any], texts: Mapping[str, str], where: str) -> dict[str, Any]:
    text = texts.get(quote["article"], "")[quote["start"] : quote["end"]]
    if quote_digest(text) != quote["digest"]:
        fault = f"article {quote['article']!r} has another text at {quote['start']}:{quote['end']} than was labelled"
        raise GoldSetError(f"{where}: {fault}. Give the news-dev articles that were labelled.")
    return {**quote, "text": text}


def overlap_table(cases: Sequence[GoldCase], own: Sequence[GoldCase], texts: Mapping[str, str]) -> str:
    """Markdown: quartiles of both shares, for the paraphrased and for news-dev's own answerable questions."""
    rows = [f"| questions | words found in | n | lower quartile | median | upper quartile | <= {LOW_OVERLAP} |"]
    rows.append("|-|-|-:|-:|-:|-:|-:|")
    for name, asked in (("paraphrased", cases), ("news-dev", own)):
        quoted = [case for case in asked if case.quotes]
        rows.append(_row(name, "the support sentence", [share_in_support(case) for case in quoted]))
        rows.append(_row(name, "its whole article", [share_in_article(case, texts) for case in quoted]))
    return "\n".join(rows)


def _row(name: str, where: str, shares: Sequence[float]) -> str:
    low, middle, high = statistics.quantiles(shares, n=4, method="inclusive")
    few = sum(share <= LOW_OVERLAP for share in shares) / len(shares)
    return f"| {name} | {where} | {len(shares)} | {low:.2f} | {middle:.2f} | {high:.2f} | {few:.0%} |"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with articles.jsonl.gz and gold.jsonl")
    parser.add_argument("--write", type=Path, metavar="FILE", help="store the complete gold file here")
    options = parser.parse_args(arguments)
    try:
        texts = article_texts(options.data)
        cases = paraphrased_cases(texts)
        print(overlap_table(cases, load_cases(options.data / "gold.jsonl"), texts))
    except GroundwireError as error:
        print(error, file=sys.stderr)
        return 1
    if options.write:
        lines = (json.dumps(case_json(case), ensure_ascii=False) + "\n" for case in cases)
        options.write.write_text("".join(lines), encoding="utf-8")
        print(f"{len(cases)} questions written to {options.write}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
