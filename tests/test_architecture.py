"""The rules of docs/architecture.md that a program can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag

ROOT = Path(__file__).parents[1]
PACKAGES = ("rag", "ingest", "eval", "web")
MAY_IMPORT = {
    "rag": {"rag"},
    "ingest": {"ingest", "rag"},
    "eval": {"eval", "ingest", "rag"},
    "web": {"web", "eval", "ingest", "rag"},
}
CONFINED = {
    "alembic": ("rag/index/",),
    "chromadb": ("rag/index/vectors.py", "rag/index/chroma_server.py"),
    "feedparser": ("ingest/readers/feed.py",),
    "gradio": ("web/", "app.py"),
    "onnxruntime": ("rag/embedder.py",),
    "openai": ("rag/openai_llm.py", "rag/model_faults.py"),
    "psycopg": ("rag/index/",),
    "sentence_transformers": ("rag/embedder.py", "rag/entailment.py", "rag/reranking.py", "eval/judges/"),
    "sqlalchemy": ("rag/index/",),
    "sqlite3": ("rag/index/",),
    "tantivy": ("rag/index/keywords.py",),
    "warcio": ("ingest/readers/warc.py",),
    "xllamacpp": ("rag/local_llm.py",),
}
HEAVY = (
    "torch",
    "gradio",
    "chromadb",
    "llama_index",
    "openai",
    "sentence_transformers",
    "onnxruntime",
    "scipy",
    "sqlalchemy",
    "psycopg",
    "numpy",
)
LONGEST_FILE = 300
LONGEST_FUNCTION = 50


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text())
    yield "app.py", ast.parse((ROOT / "app.py").read_text())


MODULES = dict(modules())


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


@pytest.mark.parametrize("path", MODULES)
def test_imports_follow_the_arrow(path: str) -> None:
    own = {name.split(".")[0] for name in imported(MODULES[path])} & {*PACKAGES, "app", "samples", "tests"}
    allowed = MAY_IMPORT.get(path.split("/")[0], set(PACKAGES))
    assert own <= allowed


@pytest.mark.parametrize("path", MODULES)
def test_vendors_stay_where_they_are_wrapped(path: str) -> None:
    for vendor in {name.split(".")[0] for name in imported(MODULES[path])} & set(CONFINED):
        assert path.startswith(CONFINED[vendor]), f"{vendor} belongs in {CONFINED[vendor]}"


@pytest.mark.parametrize("path", MODULES)
def test_files_and_functions_are_short(path: str) -> None:
    assert len((ROOT / path).read_text().splitlines()) <= LONGEST_FILE
    for node in ast.walk(MODULES[path]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


@pytest.mark.parametrize("path", MODULES)
def test_own_modules_are_not_imported_inside_functions(path: str) -> None:
    if path in ("rag/index/chroma_check.py", "app.py"):
        pytest.skip("says there why it loads late")
    for node in ast.walk(MODULES[path]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert not {name.split(".")[0] for name in imported(node)} & set(PACKAGES), node.name


def test_there_are_no_import_cycles() -> None:
    names = {path.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): path for path in MODULES}
    edges = {
        name: {i for i in imported_at_run_time(MODULES[path]) if i in names and i != name}
        for name, path in names.items()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join([*trail, name])
        if name not in done:
            for target in edges[name]:
                visit(target, (*trail, name))
            done.add(name)

    for name in names:
        visit(name, ())


def imported_at_run_time(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported(node)


@pytest.mark.parametrize("command", ["-m rag --help", "-m ingest --help", "-m eval --help", "app.py --help"])
def test_help_loads_nothing_heavy(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command.split()], capture_output=True, text=True, cwd=ROOT, check=True
    )
    loaded = set(re.findall(r"\|\s+([\w.]+)$", done.stderr, flags=re.M))
    assert loaded.isdisjoint(HEAVY)
    assert "examples" in done.stdout.lower()


def test_public_names_exist_and_are_sorted() -> None:
    assert list(rag.__all__) == sorted(rag.__all__)
    for name in rag.__all__:
        assert getattr(rag, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = rag.nonsense


def test_nothing_names_a_path_of_one_machine_or_a_package_index() -> None:
    forbidden = re.compile(r"/(?:root|work|home)/\w|--(?:extra-)?index-url")
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split(
        "\n"
    )
    texts = [
        ROOT / f
        for f in listed
        if f.endswith((".py", ".md", ".toml", ".txt", ".jsonl", ".css", ".js")) or f == "Makefile"
    ]
    for file in texts:
        if file != Path(__file__).resolve() and file.is_file():
            assert not forbidden.search(file.read_text()), file
