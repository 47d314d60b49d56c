"""What the gate said of a version, kept with it whether or not it was promoted."""

import datetime
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import mlflow
from mlflow.exceptions import MlflowException

from therapport.errors import RegistryError
from therapport.predictor.gate import GateTable
from therapport.registry import versions
from therapport.registry.check import Check
from therapport.registry.versions import Version
from therapport.tracking import database

Word = Literal["passed", "failed", "forced"]
TAG = "gate"
LONGEST = 500
"""Characters of a reason or a figure in a tag."""


@dataclass(frozen=True)
class Verdict:
    """The checks of one version on one day."""

    name: str
    version: str
    model_version: str
    champion: str | None
    """The version that it was held against."""
    rules: GateTable
    checks: tuple[Check, ...]
    judged_at: str
    """UTC, ISO 8601."""
    forced: str | None = None
    """The reason for which it was promoted although checks stop it."""

    @property
    def stopped_by(self) -> tuple[Check, ...]:
        """The checks that keep it out."""
        return tuple(check for check in self.checks if check.stops)

    @property
    def word(self) -> Word:
        """The verdict in one word."""
        if not self.stopped_by:
            return "passed"
        return "failed" if self.forced is None else "forced"


def now() -> str:
    """The moment, as a verdict states it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def store(verdict: Verdict) -> None:
    """Keep it: all of it in the version's run, a sentence in its description, and each check and `gate` as tags.

    `gate` is taken away first and set last: a version whose verdict was stored by half has none.

    Raises OutputError if it cannot be written.
    """
    with database.writing(database.VERDICT):
        _store(verdict)


def _store(verdict: Verdict) -> None:
    client = database.connect()
    version = versions.of(verdict.name, verdict.version)
    tags = {"gate_judged_at": verdict.judged_at}
    if verdict.forced is not None:
        tags["gate_reason"] = verdict.forced[:LONGEST]
    for check in verdict.checks:
        tags[_key(check)] = f"{check.standing}: {check.figure}"[:LONGEST]
    known = client.get_model_version(verdict.name, verdict.version)
    if version.run_id is not None:
        client.log_dict(version.run_id, _document(verdict), _file(version))
    for key in sorted(known.tags):
        # What an earlier judgement said and this one does not.
        if key.startswith(TAG) and key not in tags:
            client.delete_model_version_tag(verdict.name, verdict.version, key)
    for key, value in tags.items():
        client.set_model_version_tag(verdict.name, verdict.version, key, value)
    before = (known.description or "").split("\n\nGate: ")[0]
    client.update_model_version(verdict.name, verdict.version, description=f"{before}\n\nGate: {sentence(verdict)}")
    client.set_model_version_tag(verdict.name, verdict.version, TAG, verdict.word)


def read(name: str, version: str) -> Verdict:
    """The latest verdict on a version; raises RegistryError if there is none."""
    found = versions.of(name, version)
    try:
        uri = f"runs:/{found.run_id}/{_file(found)}"
        document = json.loads(Path(mlflow.artifacts.download_artifacts(artifact_uri=uri)).read_text())
    except (MlflowException, OSError):
        raise RegistryError(f"{name}: version {version} has not been judged.") from None
    document.pop("verdict")
    rules = GateTable.model_validate_json(json.dumps(document.pop("rules")))
    checks = tuple(Check(**one) for one in document.pop("checks"))
    return Verdict(rules=rules, checks=checks, **document)


def sentence(verdict: Verdict) -> str:
    """The verdict in plain words."""
    names = ", ".join(f"{check.name} {check.standing}" for check in verdict.stopped_by)
    return {
        "passed": f"passed on {verdict.judged_at[:10]}.",
        "failed": f"not passed on {verdict.judged_at[:10]}: {names}.",
        "forced": f"promoted by force on {verdict.judged_at[:10]} although {names}. Reason: {verdict.forced}",
    }[verdict.word]


def _document(verdict: Verdict) -> dict[str, object]:
    return {
        **asdict(verdict),
        "verdict": verdict.word,
        "rules": verdict.rules.model_dump(mode="json"),
        "checks": [asdict(check) for check in verdict.checks],
    }


def _key(check: Check) -> str:
    return f"{TAG}_{check.name.replace(' ', '_').replace('(', '').replace(')', '')}"


def _file(version: Version) -> str:
    return f"gate/{version.name}-{version.number}.json"
