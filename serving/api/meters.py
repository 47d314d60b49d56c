"""What Prometheus may know: counts and times. No exact figure of a patient, so that two looks cannot tell one apart.

Predictions are counted by tenths and families by how often they count most: sums of contributions would show what the
one patient between two looks got.
"""

from collections.abc import Mapping, Sequence
from os import environ
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import Scope

from serving.api.served import Served

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
OTHER = "other"
TENTHS = tuple(f"{tenth / 10:.1f}-{(tenth + 1) / 10:.1f}" for tenth in range(10))
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Set by the server before several workers start: each writes its counts into files of that folder."""


class Meters:
    """The counters of this process."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Any] = {}
        self.addresses: frozenset[str] = frozenset()
        """Those that are told apart; they are set up by the application."""
        self._registry = CollectorRegistry()
        own: dict[str, Any] = {"registry": self._registry}
        self._requests = Counter(
            "therapport_requests", "Requests by address, method and status.", ("address", "method", "status"), **own
        )
        self._seconds = Histogram(
            "therapport_request_seconds", "Time to the end of an answer.", ("address",), buckets=SECONDS, **own
        )
        self._rows = Counter("therapport_rows", "Patients answered for, by status.", ("model", "status"), **own)
        self._predictions = Counter(
            "therapport_predictions", "Predicted probabilities by tenths.", ("model", "probability"), **own
        )
        self._families = Counter(
            "therapport_leading_family", "How often a family counts most in a prediction.", ("model", "family"), **own
        )
        self._missing = Counter(
            "therapport_missing_factors", "Patients in whom a factor is missing.", ("model", "factor"), **own
        )
        self._models = Gauge(
            "therapport_model", "1 for the version that answers.", ("model", "version"),
            multiprocess_mode="mostrecent", **own,
        )  # fmt: skip
        self._refused = Gauge(
            "therapport_model_refused", "1 while a new version is refused and the one before goes on.", ("model",),
            multiprocess_mode="mostrecent", **own,
        )  # fmt: skip
        self._away = Gauge(
            "therapport_registry_away", "1 while the registry cannot be asked.", ("model",),
            multiprocess_mode="mostrecent", **own,
        )  # fmt: skip

    def request(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answer; addresses that nobody has set up are one, because what was asked for may hold anything."""
        address = scope["path"] if scope["path"] in self.addresses else getattr(scope.get("route"), "path", OTHER)
        method = scope["method"] if scope["method"] in ("GET", "POST", "HEAD") else OTHER
        self._of(self._requests, address, method, str(status)).inc()
        self._of(self._seconds, address).observe(seconds)

    def answers(self, model: str, families: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Count answers with their families and missing factors."""
        for row in rows:
            word = row["status"].partition(":")[0]
            self._of(self._rows, model, word).inc()
            for factor in filter(None, row["missing"].split(", ")):
                self._of(self._missing, model, factor).inc()
            if word != "scored":
                continue
            probability = row.get("response_probability")
            if probability is not None:
                self._of(self._predictions, model, TENTHS[min(9, int(probability * 10))]).inc()
            # The log-odds are there with `explain=none` too, where no family is named and none is counted.
            scale = "log_odds_" if probability is not None else "score_contribution_"
            parts = [(abs(row.get(f"{scale}{family}") or 0.0), family) for family in families]
            largest, family = max(parts, default=(0.0, ""))
            if largest > 0:
                self._of(self._families, model, family).inc()

    def _of(self, meter: Any, *labels: str) -> Any:  # noqa: ANN401 - counters and histograms
        """The meter with these labels; finding it anew each time takes longer than counting."""
        key = (meter, labels)
        if key not in self._known:
            self._known[key] = meter.labels(*labels)
        return self._known[key]

    def models(self, served: Sequence[Served]) -> None:
        """Note what answers now, and what does not."""
        for one in served:
            self._models.labels(one.name, one.now.predictor.version).set(1)
            self._refused.labels(one.name).set(one.refused is not None)
            self._away.labels(one.name).set(one.registry_away)

    def replaced(self, model: str, version: str) -> None:
        """A version that answers no more."""
        self._models.labels(model, version).set(0)

    def shown(self) -> bytes:
        """In Prometheus' text format; of all workers, where there are several."""
        if SHARED not in environ:
            return generate_latest(self._registry)
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
        return generate_latest(everyone)
