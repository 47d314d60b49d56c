"""schemathesis on every operation of a description."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def tried(application: Any, *, examples: int, leave_out: str) -> dict[str, int]:  # noqa: ANN401 - any ASGI application
    """Operation -> requests that were sent, fitting and not; fails at the first answer that is not as described."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", application).exclude(path_regex=leave_out)
    sent: dict[str, int] = {}
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        # A GET without parameters has nothing to get wrong.
        modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if operation.method == "post" else [])]
        sent[operation.label] = sum(_ask(operation.as_strategy(generation_mode=mode), examples) for mode in modes)
    return sent


def _ask(cases: SearchStrategy[Any], examples: int) -> int:
    sent = 0

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=cases)
    def ask(case: Any) -> None:  # noqa: ANN401 - of a library without types
        nonlocal sent
        sent += 1
        case.call_and_validate(checks=CHECKS)

    ask()
    return sent
