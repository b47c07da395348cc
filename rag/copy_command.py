"""`python -m rag library copy FROM TO`: a library from a folder to PostgreSQL or back, with the proof."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from pydantic import SecretStr

from rag.command_line import DONE, NOTHING_USABLE, print_json
from rag.destinations import destinations_of
from rag.index.copying import Proof, copy_library
from rag.index.place import Place
from rag.network_seal import allowing
from rag.settings import load_settings

_COUNTED = ("articles", "passages", "stories", "vectors")


def run(_name: str, arguments: argparse.Namespace) -> int:
    """Copies, proves equality and prints the proof; 1 when the copy is not equal."""
    caches = load_settings(library=arguments.library).library
    source, target = (_place(name, caches) for name in arguments.names)
    with ExitStack() as stack:
        for name in arguments.names:
            stack.enter_context(allowing(*destinations_of(name)))
        proof = copy_library(source, target, _show)
    if arguments.json:
        print_json({"from": str(source), "to": str(target), "equal": proof.is_equal, **asdict(proof)})
    else:
        print(_text(source, target, proof))
    return DONE if proof.is_equal else NOTHING_USABLE


def _place(name: str, caches: Path) -> Place:
    is_url = name.startswith(("postgresql://", "postgres://"))
    return Place(caches, SecretStr(name)) if is_url else Place(Path(name))


def _text(source: Place, target: Place, proof: Proof) -> str:
    lines = [f"{'':10} {'FROM ' + str(source):>30} {'TO ' + str(target):>30}"]
    for name, *both in zip(_COUNTED, *proof.counts, strict=True):
        lines.append(f"{name:10} {both[0]:>30,} {both[1]:>30,}")
    lines.append(f"{'SHA-256':10} {proof.hashes[0][:24]:>30} {proof.hashes[1][:24]:>30}")
    lines.append(f"{'searches':10} {proof.equal_searches} of {proof.searches} give the same passages and scores")
    if not proof.is_equal:
        lines.append("NOT EQUAL: the copy cannot be opened; run the command again into another place")
    return "\n".join(lines)


def _show(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        counted = f"{done:,} of {total:,}" if total else "…"
        print(f"\r{what} {counted:<40}", end="" if total else "\n", file=sys.stderr, flush=True)
