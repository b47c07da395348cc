"""Evaluation → JUnit XML, which CI systems show. Gates decide: a missed gate fails, a raised error is an error.

A fault of a single question is its output, not a failure: figures are judged by their intervals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from eval.gates import Gate
from eval.runs import Evaluation
from eval.scoring import CaseResult
from eval.worst import faults
from rag.errors import RunError

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(evaluation: Evaluation, gates: Sequence[Gate], path: Path) -> None:
    """Write the file.

    Raises:
        RunError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(junit_xml(evaluation, gates), encoding="utf-8")
    except OSError as error:
        raise RunError(f"{path}: cannot be written ({error}). Choose another --junit.") from None


def junit_xml(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """A suite of gates and a suite of questions."""
    root = ElementTree.Element("testsuites", name="groundwire")
    suite = _suite(root, "gates", len(gates), failures=sum(not g.passed for g in gates))
    for gate in gates:
        case = ElementTree.SubElement(suite, "testcase", classname="gates", name=f"{gate.metric} {gate.kind}")
        if not gate.passed:
            ElementTree.SubElement(case, "failure", message=str(gate))
    suite = _suite(root, "questions", len(evaluation.results), errors=evaluation.facts.failed)
    for result in evaluation.results:
        _add_question(suite, result)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(root: ElementTree.Element, name: str, tests: int, failures: int = 0, errors: int = 0) -> ElementTree.Element:
    counts = {"tests": tests, "failures": failures, "errors": errors}
    return ElementTree.SubElement(root, "testsuite", {"name": name, **{k: str(v) for k, v in counts.items()}})


def _add_question(suite: ElementTree.Element, result: CaseResult) -> None:
    seconds = f"{result.transcript.seconds:.3f}"
    case = ElementTree.SubElement(suite, "testcase", classname="questions", name=_clean(result.case.id), time=seconds)
    if result.transcript.error:
        ElementTree.SubElement(case, "error", message=_clean(result.transcript.error))
    elif faults(result):
        ElementTree.SubElement(case, "system-out").text = _clean(f"{result.case.question}: {'; '.join(faults(result))}")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
