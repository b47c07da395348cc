"""Files of human labels → labelled claims.

One JSON object per line, plain or .gz/.xz, in any of these formats:

* `{"claim", "source" (text or list of texts), "label", "domain"?}`
* QAGS: `{"source", "claim_sentences": [{"text", "label"}]}` (Wang et al., ACL 2020)
* WiCE: `{"claim", "evidence_sentences", "label"}` (Kamoi et al., EMNLP 2023)
* LLM-AggreFact: `{"dataset", "doc", "claim", "label"}` (Tang et al., MiniCheck, EMNLP 2024); domain = dataset
* RAGTruth: `response.jsonl` with `source_info.jsonl` beside it (Niu et al., ACL 2024); each sentence of a response
  is a claim, not supported when a labelled span touches it, also one that is true but not in the source;
  domain = task

Labels are 1/0, true/false, or supported / partially_supported / not_supported; partly is not supported.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from eval.lines import json_lines
from rag.errors import GoldSetError
from rag.sentences import sentence_spans

_LABELS = {
    1: True, 0: False, "1": True, "0": False, "yes": True, "no": False,
    "supported": True, "partially_supported": False, "not_supported": False, "unsupported": False,
}  # fmt: skip
_PAGE_NOISE = re.compile(r"^\(meta data\) TITLE:\s*|^#+\s*")
RAGTRUTH_SOURCES = "source_info.jsonl"


@dataclass(frozen=True, slots=True)
class HumanLabel:
    """One claim that a person judged.

    Attributes:
        article: The same for claims on one source.
        domain: Part of the set, such as a task or a data set in it; empty where there is none.
    """

    claim: str
    source: str
    supported: bool
    article: str
    domain: str = ""


def load_labels(path: str | Path) -> list[HumanLabel]:
    """The labelled claims of a file.

    Raises:
        GoldSetError: A line has none of the formats, or the file has no claim.
    """
    path = Path(path)
    sources: dict[str, Mapping[str, Any]] = {}
    labels = []
    for number, document in json_lines(path):
        if "source_id" in document and not sources:
            sources = _ragtruth_sources(path)
        labels += _read(document, sources, f"{path}:{number}")
    if not labels:
        raise GoldSetError(f"{path}: holds no labelled claim.")
    return labels


def _ragtruth_sources(path: Path) -> dict[str, Mapping[str, Any]]:
    beside = path.with_name(RAGTRUTH_SOURCES)
    if not beside.exists():
        raise GoldSetError(f"{path}: is RAGTruth's, whose sources are missing. Put {RAGTRUTH_SOURCES} beside it.")
    return {str(document.get("source_id")): document for _, document in json_lines(beside)}


def _read(document: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]], where: str) -> list[HumanLabel]:
    try:
        if "source_id" in document:
            return _ragtruth(document, sources[str(document["source_id"])])
        if "claim_sentences" in document:
            return [_label(c["text"], document["source"], c["label"]) for c in document["claim_sentences"]]
        if "evidence_sentences" in document:
            page = "\n".join(_PAGE_NOISE.sub("", line) for line in document["evidence_sentences"])
            return [_label(document["claim"], page, document["label"])]
        if "doc" in document:
            return [_label(document["claim"], document["doc"], document["label"], document.get("dataset") or "")]
        source = document["source"]
        text = source if isinstance(source, str) else "\n".join(source)
        return [_label(document["claim"], text, document["label"], document.get("domain") or "")]
    except (KeyError, TypeError, AttributeError) as error:
        raise GoldSetError(
            f"{where}: {error} does not fit. Write {{'claim', 'source', 'label'}}, or use the QAGS or WiCE format, "
            "or that of LLM-AggreFact or RAGTruth."
        ) from None


def _ragtruth(response: Mapping[str, Any], source: Mapping[str, Any]) -> list[HumanLabel]:
    text, spans = response["response"], [(label["start"], label["end"]) for label in response["labels"]]
    label = partial(_label, source=_ragtruth_text(source["source_info"]), domain=str(source["task_type"]))
    return [
        label(text[start:end], label=not any(start < last and first < end for first, last in spans))
        for start, end in sentence_spans(text)
    ]


def _ragtruth_text(info: Any) -> str:
    if isinstance(info, str):
        return info
    if set(info) == {"question", "passages"}:
        return str(info["passages"])
    return json.dumps(info, ensure_ascii=False, indent=0)


def _label(claim: str, source: str, label: Any, domain: str = "") -> HumanLabel:
    key = label.strip().lower() if isinstance(label, str) else label
    if not claim.strip() or not source.strip():
        raise TypeError("an empty claim or source")
    if key not in _LABELS:
        raise TypeError(f"label {label!r}")
    return HumanLabel(claim, source, _LABELS[key], hashlib.sha256(source.encode()).hexdigest()[:12], domain)
