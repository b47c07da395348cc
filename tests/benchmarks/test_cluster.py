"""Two app servers and a writer for half a minute; and that the benchmark notices what it is there to notice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from benchmarks.baselines.app_servers import Asking, article, question, word
from benchmarks.cluster import Adding, Result, result, run

FIRST, SECOND = article(0)["id"], article(1)["id"]


class _Page(BaseHTTPRequestHandler):
    """Fails, finds nothing, and then the article that was asked for."""

    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["question"]
        shown = [{"article_id": id} for id in (FIRST, SECOND) if id in asked]
        self.send_response(503 if self.asked == 1 else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"retrieved": shown if self.asked > 2 else []}).encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def page() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def counted(asking: Asking, stored: dict[str, float], counts: tuple[int | None, ...] = (2,)) -> Result:
    reported = {id: at + 1.0 for id, at in stored.items()}
    adding = Adding(Path(), {}, 2, stored, reported, runs=1)
    return result(adding, [asking], set(), counts, asking.errors, 1.0, 0.5)


def test_an_app_server_is_asked_again_until_it_shows_the_article(page: str) -> None:
    asking = Asking(page)
    for id in (FIRST, SECOND, None):
        asking.add(id)
    asking.run()
    assert set(asking.found) == {FIRST, SECOND}
    assert len(asking.errors) == 1
    assert "503" in asking.errors[0]


def test_what_is_missing_late_uncounted_or_failed_does_not_hold() -> None:
    stored = {FIRST: 10.0, SECOND: 10.5}
    good = counted(Asking("", {FIRST: 10.2, SECOND: 12.0}), stored)
    assert good.holds
    assert (good.since_stored[0].most, good.since_reported[0].most) == (1.5, 0.5)
    assert not counted(Asking("", {FIRST: 10.2}), stored).holds
    assert not counted(Asking("", {FIRST: 10.2, SECOND: 12.6}), stored).holds
    assert not counted(Asking("", {FIRST: 10.2, SECOND: 12.0}), stored, (1,)).holds
    assert not counted(Asking("", {FIRST: 10.2, SECOND: 12.0}, ["HTTPError: 503"]), stored).holds
    assert not replace(good, acknowledged=0, found=(0,), counted=(0,)).holds


def test_no_two_articles_share_a_word() -> None:
    words = [word(number) for number in range(5000)]
    assert len(set(words)) == len(words)
    assert article(7)["id"] in question(article(7)["id"])


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_both_app_servers_find_every_article_of_the_writer(tmp_path: Path) -> None:
    found = run(tmp_path, seconds=30.0, batch=2)
    assert found.problems == ()
    assert found.acknowledged >= 4
    assert found.found == found.counted == (found.acknowledged, found.acknowledged)
    assert max(delay.most for delay in found.since_stored) < 20.0  # 2 s on a machine that does nothing else
