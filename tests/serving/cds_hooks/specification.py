"""The rules of CDS Hooks 2.0 for discovery and cards, written from the specification and from nothing of ours."""

import re
from typing import Any
from urllib.parse import urlsplit

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TOKEN = r"\{\{\s*(context\.[A-Za-z]+(\.[A-Za-z]+)*|userPractitionerId|userPatientId|today\(\))\s*\}\}"  # noqa: S105
CARD = {"uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior", "overrideReasons"}
CARD |= {"links", "extension"}
SERVICE = {"hook", "title", "description", "id", "prefetch", "usageRequirements", "extension"}


def check_services(document: dict[str, Any]) -> None:
    """`services` is an array; hook, id and description are required; a prefetch template is a FHIR read or search."""
    assert set(document) == {"services"}
    ids = [one["id"] for one in document["services"]]
    assert len(set(ids)) == len(ids)
    for one in document["services"]:
        assert set(one) <= SERVICE
        for name in ("hook", "id", "description"):
            assert isinstance(one[name], str)
            assert one[name]
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", one["id"]), "{baseUrl}/cds-services/{id} is an address"
        for key, query in one.get("prefetch", {}).items():
            assert isinstance(key, str)
            plain = re.sub(TOKEN, "X", query)
            assert "{{" not in plain
            assert re.fullmatch(r"[A-Z][A-Za-z]+(/X|\?[^\s]+)", plain), query


def check_cards(document: dict[str, Any]) -> None:
    """Every card by the table "Card Attributes" of the specification."""
    assert {"cards"} <= set(document) <= {"cards", "systemActions", "extension"}
    uuids = [card["uuid"] for card in document["cards"] if "uuid" in card]
    assert len(set(uuids)) == len(uuids)
    for card in document["cards"]:
        assert set(card) <= CARD
        assert 0 < len(card["summary"]) < 140
        assert "\n" not in card["summary"]
        assert card["indicator"] in ("info", "warning", "critical")
        assert card["source"]["label"]
        assert set(card["source"]) <= {"label", "url", "icon", "topic"}
        if "url" in card["source"]:
            check_address(card["source"]["url"])
        assert re.fullmatch(UUID, card["uuid"])
        assert isinstance(card.get("detail", ""), str)
        assert ("selectionBehavior" in card) == bool(card.get("suggestions"))
        for reason in card.get("overrideReasons", []):
            assert reason["display"]
            assert bool(reason.get("code")) == bool(reason.get("system"))
        for link in card.get("links", []):
            assert link["label"]
            assert link["type"] in ("absolute", "smart")
            assert link["type"] == "smart" or "appContext" not in link
            check_address(link["url"])


def check_address(url: str) -> None:
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https")
    assert parts.netloc
