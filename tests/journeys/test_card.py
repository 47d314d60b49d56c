"""The card by the real command, from the registry and from a folder, with what people stated in the study."""

import re
import shutil
from pathlib import Path

from tests.journeys.conftest import Run


def test_the_card_of_a_registered_model_and_of_its_folder_are_one(
    therapport: Run, trained: Path, tmp_path: Path
) -> None:
    for reference, name in (("models:/simulated@champion", "one.html"), ("model", "other.html")):
        done = therapport("card", reference, "-o", tmp_path / name, cwd=trained)
        assert done.returncode == 0, done.stderr
    page = (tmp_path / "one.html").read_text()
    assert page == (tmp_path / "other.html").read_text()
    assert "therapport: a test of its own commands" in page, "what the study states under [card]"
    assert len(set(re.findall(r'id="item-(\d+)', page))) == 27
    assert "From " in page
    assert "patients to learn from" in page, "the learning curve was asked for"
    (kept,) = (trained / "mlruns").rglob("card/simulated-1.html")
    assert kept.read_text() == page


def test_the_same_card_as_text_and_what_is_left_for_people(therapport: Run, trained: Path, tmp_path: Path) -> None:
    done = therapport("card", "model", "-o", tmp_path / "card.md", cwd=trained)
    assert done.returncode == 0, done.stderr
    assert "ethics" in done.stdout
    assert "owner" not in done.stdout.split("study: ")[1].split(", ")
    text = (tmp_path / "card.md").read_text()
    assert text.startswith("# Simulated cohort")
    assert "**For a person to fill in:** which committee approved the study" in text


def test_what_cannot_be_written_is_told_before_anything_is_done(therapport: Run, trained: Path, tmp_path: Path) -> None:
    other = therapport("card", "model", "-o", tmp_path / "card.pdf", cwd=trained)
    assert other.returncode == 2
    assert "written as .html or .md" in other.stderr
    (tmp_path / "card.md").write_text("mine")
    there = therapport("card", "model", "-o", tmp_path / "card.md", cwd=trained)
    assert there.returncode == 9
    assert (tmp_path / "card.md").read_text() == "mine"
    assert therapport("card", "nowhere", "-o", tmp_path / "new.md", cwd=trained).returncode == 6
    assert not (tmp_path / "new.md").exists()


def test_an_unknown_key_is_refused_with_its_line(therapport: Run, trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained / "sim", tmp_path / "sim")
    study = tmp_path / "sim" / "study.toml"
    study.write_text(study.read_text().replace("[card]", '[card]\nethic = "approved"'))
    line = study.read_text().splitlines().index('ethic = "approved"') + 1
    done = therapport("check", "sim/study.toml", cwd=tmp_path)
    assert done.returncode == 3
    assert f"line {line}: card.ethic: unknown key; did you mean ethics?" in done.stderr
