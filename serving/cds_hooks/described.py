"""How the description of the API tells of CDS Hooks, from the specification's own tables."""

from typing import Any

from serving.cds_hooks.asked import Call
from serving.cds_hooks.cards import LONGEST
from serving.cds_hooks.feedback import FeedbackCall
from serving.cds_hooks.services import PATH

__all__ = ["CARDS", "PATH", "SERVICES", "Call", "FeedbackCall"]
TEXT: dict[str, Any] = {"type": "string"}


def _object(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


SERVICE = _object(
    ["hook", "id", "description"],
    {
        "hook": TEXT,
        "id": TEXT,
        "title": TEXT,
        "description": TEXT,
        "prefetch": {"type": "object", "additionalProperties": TEXT},
        "usageRequirements": TEXT,
    },
)
CARD = _object(
    ["summary", "indicator", "source"],
    {
        "uuid": TEXT,
        "summary": {"type": "string", "maxLength": LONGEST},
        "indicator": {"enum": ["info", "warning"]},
        "detail": TEXT,
        "source": _object(["label"], {"label": TEXT, "url": TEXT}),
        "overrideReasons": _list(
            _object(["code", "system", "display"], {"code": TEXT, "system": TEXT, "display": TEXT})
        ),
        "links": _list(_object(["label", "url", "type"], {"label": TEXT, "url": TEXT, "type": {"const": "absolute"}})),
    },
)
SERVICES = _object(["services"], {"services": _list(SERVICE)})
CARDS = _object(["cards"], {"cards": _list(CARD)})
