"""What the documents say is there, and what is there they say."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import click
import pytest

from serving import app as application
from tests.studies import Made
from therapport import codebook, errors
from therapport.__main__ import GROUP
from therapport.codebook.repeated import Summary
from therapport.cohort import allowed
from therapport.examples import EXAMPLES
from therapport.instruments import all_instruments
from therapport.outcome import Response
from therapport.predictor import COLUMNS, REASONS
from therapport.predictor.answer import FACTOR_COLUMNS
from therapport.predictor.gate import GateTable
from therapport.predictor.outputs import Output
from therapport.predictor.stated import CardTable
from therapport.tracking import candidate_keys

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "mlruns" / "README.md"])


def commands() -> list[str]:
    from importlib.metadata import entry_points

    return [str(command.name) for entry in entry_points(group=GROUP) for command in entry.load().COMMANDS]


def text(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    page = text("docs/commands.md")
    assert commands()
    for command in commands():
        assert f"`therapport {command}" in page, command
    for document in DOCUMENTS:
        for named in re.findall(r"therapport ([a-z]+)", document.read_text()):
            if named in ("check", "compare", "promote", "score", "report", "serve", "simulate", "examples", "ui"):
                assert named in commands(), f"{document.name}: therapport {named}"


def test_every_answer_column_is_documented() -> None:
    page = text("docs/answers.md")
    for column in COLUMNS:
        assert f"`{column}`" in page, column


def test_every_reason_for_abstaining_is_documented() -> None:
    page = text("docs/answers.md")
    for code in REASONS:
        assert f"| `{code}` |" in page, code


def test_every_key_and_artifact_in_mlflow_is_documented() -> None:
    page = text("docs/mlflow.md")
    for prefix in candidate_keys.MEANING:
        assert f"| `{prefix.removesuffix('/…')}/" in page, prefix
    for name in ("comparison.html", "comparison.json", "receipts.json", "study.json", "tables/"):
        assert f"| `{name}` |" in page, name


def test_every_reason_for_rejecting_a_row_is_documented_and_so_is_every_output() -> None:
    page = text("docs/batch.md")
    for named in (*allowed.REASONS, *Output):
        assert f"| `{named}` |" in page, named
    for column in FACTOR_COLUMNS:
        assert f"`{column}`" in text("docs/answers.md"), column


def test_every_exit_code_is_documented() -> None:
    page = text("docs/commands.md")
    for error in errors.TherapportError.__subclasses__():
        assert f"| {error.exit_code} |" in page, error.__name__


def test_every_family_is_documented() -> None:
    page = text("docs/codebook-and-study.md")
    for name in codebook.default_families():
        assert f"`{name}`" in page, name


def test_every_instrument_and_outcome_is_documented() -> None:
    page = text("docs/outcomes.md")
    for name in (*all_instruments(), *Response):
        assert f"`{name}`" in page, name


def test_the_toml_in_the_guide_is_a_valid_codebook_and_study(tmp_path: Path) -> None:
    from training import study as studies

    described, asked = re.findall(r"```toml\n(.*?)```", text("docs/codebook-and-study.md"), flags=re.DOTALL)
    assert tomllib.loads(described)["name"] == "my-service"
    (tmp_path / "codebook.toml").write_text(described)
    (tmp_path / "study.toml").write_text(asked)
    study = studies.read(tmp_path / "study.toml")
    assert study.outcome is not None
    assert study.outcome.definition == "PHQ-9 falls by 6 points or more"


def test_every_address_is_documented(linear_study: Made) -> None:
    page = text("docs/commands.md")
    routes = application.create([linear_study.predictor]).openapi()["paths"]
    assert routes
    for path in routes:
        if not path.startswith(f"/{linear_study.predictor.name}/"):
            assert path in page, path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
        if not target.startswith("https://"):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_decisions_are_short() -> None:
    for record in (ROOT / "docs" / "decisions").glob("*.md"):
        assert len(record.read_text().splitlines()) <= 40, record.name


def test_the_lock_has_hashes_and_names_no_host() -> None:
    lock = text("requirements.lock")
    assert "://" not in lock
    pinned = re.findall(r"^[a-zA-Z0-9._-]+==", lock, flags=re.MULTILINE)
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_the_makefile_knows_the_commands_of_the_readme() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), flags=re.MULTILINE))
    for named in re.findall(r"(?:^    |`)make ([a-z]+)", text("README.md"), flags=re.MULTILINE):
        assert named in targets, f"make {named}"


def test_examples_are_offered_by_the_command() -> None:
    shown = subprocess.run(
        [str(Path(sys.executable).parent / "therapport"), "examples", "--help"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    for name in EXAMPLES:
        assert name in shown


def test_the_long_table_of_the_guide_is_described_as_a_codebook_can_be() -> None:
    page = text("docs/codebook-and-study.md")
    section = page[page.index("## Measurements in a long table") : page.index("## Several episodes of one patient")]
    block = "".join(line[4:] for line in section.splitlines(keepends=True) if line.startswith("    "))
    wide = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)[0]
    described = codebook.parse((wide + block).encode(), name="guide")
    assert described.from_measurements([*described.factors, *described.measures]) == ("phq9_now", "phq9_last")
    for summary in get_args(Summary):
        assert summary in section, summary
    for landmark in codebook.Landmark:
        assert f"`{landmark.value}`" in section or landmark is codebook.Landmark.END


def test_the_landmarks_of_the_guide_name_every_key_of_who_is_at_risk() -> None:
    from training.landmarks.at_risk_table import AtRiskTable

    section = text("docs/codebook-and-study.md").split("### Several landmarks")[1].split("### The gate")[0]
    stated = tomllib.loads("".join(line[4:] for line in section.splitlines(keepends=True) if line.startswith("    ")))
    assert stated["landmarks"] == [one.value for one in codebook.Landmark if one is not codebook.Landmark.END]
    assert {*stated["at_risk"]} == {*AtRiskTable.model_fields}
    AtRiskTable.model_validate_json(json.dumps(stated["at_risk"]))


def test_the_gate_of_the_guide_states_the_rules_that_hold_without_it() -> None:
    section = text("docs/codebook-and-study.md").split("### The gate")[1]
    block = "".join(line[4:] for line in section.splitlines(keepends=True) if line.startswith("    "))
    stated = tomllib.loads(block.split("[outcome]")[0])["gate"]
    assert GateTable.model_validate_json(json.dumps(stated)) == GateTable()
    assert set(stated) == set(GateTable.model_fields)


def test_every_option_of_scoring_validation_and_gate_is_documented() -> None:
    from serving.commands import score
    from training.commands import promote, rollback, validate

    page = text("docs/commands.md")
    for command in (validate, promote, rollback, score):
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert f"`{parameter.opts[0]} " in page or f"`{parameter.opts[0]}`" in page, parameter.name


def test_every_key_of_the_card_is_documented_in_the_words_of_the_card() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text("docs/model-card.md"), flags=re.MULTILINE))
    assert rows == {name: field.description for name, field in CardTable.model_fields.items()}
    assert "`therapport compare study.toml --learning-curve`" in text("docs/model-card.md")
    assert "--learning-curve" in text("docs/commands.md")
