"""The compose file names services, settings and options that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from app import _parser as app_parser
from ingest.__main__ import parser as ingest_parser
from rag.settings import Settings, load_settings
from web.guard import Guard

DEPLOY = Path(__file__).parents[1] / "deploy"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_services_need_what_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"postgres", "chroma", "app", "balancer", "ingest"}
    for service in services.values():
        assert "image" in service
        assert set(service.get("depends_on", {})) <= set(services)
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "healthcheck" in services[needed]
        named = [volume.split(":")[0] for volume in service.get("volumes", []) if re.match(r"\w", volume)]
        assert set(named) <= set(compose["volumes"])
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
    assert [name for name, service in services.items() if "ports" in service] == ["balancer"]
    assert "profiles" in services["ingest"]


def test_settings_and_options_are_known(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("app", "ingest"):
        service = compose["services"][name]
        for variable, value in service["environment"].items():
            if variable.startswith("GROUNDWIRE_"):
                assert variable.removeprefix("GROUNDWIRE_").lower() in Settings.model_fields
                monkeypatch.setenv(variable, value)
    place = load_settings(library=tmp_path).place
    assert str(place) == "postgresql://postgres/groundwire"
    assert place.vectors == "http://chroma:8000"
    served = app_parser().parse_args(compose["services"]["app"]["command"][2:])
    assert served.password_file == Path("/run/secrets/page_password")
    assert served.empty
    assert ingest_parser().parse_args(compose["services"]["ingest"]["command"][3:]).paths == [Path("/news")]


def test_the_copies_share_no_caches(compose: dict[str, Any]) -> None:
    app = compose["services"]["app"]
    library = app["command"][app["command"].index("--library") + 1]
    assert library in app["volumes"]  # without a name, so each container has its own


def test_the_balancer_passes_on_the_name_that_the_page_compares(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container's name is one of those that a page on every interface knows itself by."""
    conf = (DEPLOY / "nginx.conf").read_text()
    port = compose["services"]["app"]["command"][compose["services"]["app"]["command"].index("--port") + 1]
    assert f"server app:{port};" in conf
    assert "Host $http_host;" in conf
    assert compose["services"]["app"]["hostname"].startswith("${GROUNDWIRE_NAME")
    for asked in ("gethostname", "getfqdn"):
        monkeypatch.setattr(f"socket.{asked}", lambda: "news.example")
    guard = Guard(None, "0.0.0.0")  # type: ignore[arg-type]
    assert guard._objection([(b"host", b"news.example:8080"), (b"origin", b"http://news.example:8080")]) is None
    assert guard._objection([(b"host", b"evil.example")])


def test_the_balancer_waits_longer_than_an_answer_takes() -> None:
    found = re.search(r"proxy_read_timeout (\d+)s", (DEPLOY / "nginx.conf").read_text())
    assert found
    assert int(found[1]) > Settings.model_fields["answer_deadline"].default
