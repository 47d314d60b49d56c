"""All landmarks of a study together: every problem at once, and figures side by side."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tests import measured
from therapport.errors import CohortError, DesignError, OutputError
from training import check, evaluation, final
from training.inspection import inspect
from training.landmarks import overview, saved
from training.landmarks.designs import read, together
from training.landmarks.overview import Compared, still_in_treatment

SEVERAL = (
    measured.STUDY.replace('landmark = "session3"', 'landmarks = ["intake", "session1", "session5"]')
    .replace('severity = "phq9_now"', 'severity = "phq9_first"')
    .replace('candidates = ["severity", "elastic_net"]', 'candidates = ["elastic_net"]')
    .replace("folds = 3", "folds = 2")
    .replace("[outcome]", "[at_risk]\nlast_measurement = true\n\n[outcome]")
)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> list[Compared]:
    wide, long = measured.episodes(150, seed=5)
    path = measured.write(tmp_path_factory.mktemp("several"), wide, long, study=SEVERAL)
    return [
        Compared(one, tuple(evaluation.evaluate(one.study, target, done=lambda: None) for target in one.targets))
        for one in read(path)
    ]


def test_the_same_patients_are_those_who_count_at_every_landmark(compared: list[Compared]) -> None:
    for kind, place in (("binary", 0), ("score", 1)):
        found = [(one.design, one.evaluations[place]) for one in compared]
        rows = [{*one.design.at_risk.rows[each.target.rows]} for one, (_, each) in zip(compared, found, strict=True)]
        common = rows[0] & rows[1] & rows[2]
        assert 30 < len(common) < len(rows[0])
        same = overview.in_the_same_patients(found)
        assert same is not None
        assert same.patients == len(common)
        assert sum(figure is not None for figure in same.figures) > 1
        for (design, each), figure in zip(found, same.figures, strict=True):
            own = design.at_risk.rows[each.target.rows]
            kept = np.array([row in common for row in own])
            predictions = each.predictions[each.comparison.chosen]
            by_fold = []
            for fold in np.unique(each.fold[0]):
                places = np.flatnonzero(kept & (each.fold[0] == fold))
                truth, said = each.target.outcome[places], predictions.prediction[0, places]
                mean = predictions.training_mean[0, places]
                r2 = 1 - ((truth - said) ** 2).sum() / ((truth - mean) ** 2).sum()
                by_fold.append(roc_auc_score(truth, said) if kind == "binary" else r2)
            if figure is None:
                assert kind == "binary"
                assert predictions.is_flat()
                continue
            assert figure.low is not None
            assert figure.value == pytest.approx(np.mean(by_fold), abs=1e-9)


def test_the_tables_hold_a_row_for_each_landmark_and_say_whom_it_is_about(compared: list[Compared]) -> None:
    (binary, caveat), (score, _) = overview.tables(compared)
    assert (binary.row_count, score.row_count) == (3, 3)
    columns = [[str(cell) for cell in column.cells] for column in binary.columns]
    assert columns[0] == ["intake", "session1", "session5"]
    assert columns[1] == [f"{len(one.design.at_risk.rows)}" for one in compared]
    assert columns[4][0].endswith("severity alone")
    assert all(cell.endswith("severity and landmark score") for cell in columns[4][1:])
    assert "a later landmark leaves out those who had left before" in caveat
    assert overview.footnote(compared) is None


def test_a_small_difference_between_landmarks_is_not_shown() -> None:
    assert still_in_treatment([4000, 3997, 3990, 3700, 3700]) == ["4,000", "about 4,000", "3,990", "3,700", "3,700"]


def test_the_check_has_a_section_for_each_landmark(compared: list[Compared]) -> None:
    page = check.page([inspect(one.design) for one in compared])
    assert page.count("<h1>") == 1
    for landmark in ("intake", "session1", "session5"):
        assert f'<h2 id="{landmark}"' in page
    assert page.count("<h3>Who is there</h3>") == 3
    assert f"Still in treatment at session5: {len(compared[2].design.at_risk.rows)} episodes" in page


def test_what_is_wrong_at_all_landmarks_is_told_once_and_the_rest_where_it_is(tmp_path: Path) -> None:
    wide, long = measured.episodes(80, seed=5)
    bad = long.assign(value=long["value"].astype(object))
    bad.loc[4, "value"] = "Zebrowski"
    with pytest.raises(CohortError) as caught:
        read(measured.write(tmp_path, wide.assign(age=wide["age"].mask(wide.index == 1, 3)), bad, study=SEVERAL))
    assert caught.value.problems[0] == "age: outside 18 to 99: row 2"
    assert len(caught.value.problems) == 2
    assert "Zebrowski" not in str(caught.value)
    nobody = long[long["session"] < 5]
    with pytest.raises(DesignError) as refused:
        read(measured.write(tmp_path, wide, nobody, study=SEVERAL))
    assert refused.value.problems == ("at session5: at_risk: nobody was still in treatment at session5.",)
    assert "1 problem at 1 of its 3 landmarks; nothing was fitted" in refused.value.summary


def test_problems_of_several_landmarks_become_one_error(compared: list[Compared]) -> None:
    one, other, last = (each.design.study.table.landmark for each in compared)
    found = together(
        Path("study.toml"),
        [
            (one, DesignError("Stopped.", ["a", "b"])),
            (other, CohortError("cohort.csv: 1 problem.", ["a"])),
            (last, DesignError("Alone.")),
        ],
        of=3,
        so="nothing was fitted",
    )
    assert isinstance(found, CohortError)
    assert found.problems == ("at intake, session1: a", "at intake: b", "at session5: Alone.")


def test_each_landmark_is_saved_in_a_folder_of_its_own(compared: list[Compared], tmp_path: Path) -> None:
    designs = [one.design for one in compared]
    assert saved.folders(designs, None, overwrite=False) == [None, None, None]
    wanted = [tmp_path / "models" / name for name in ("intake", "session1", "session5")]
    assert saved.folders(designs, tmp_path / "models", overwrite=False) == wanted
    assert saved.folders(designs[:1], tmp_path / "models", overwrite=False) == [tmp_path / "models"]
    wanted[1].mkdir(parents=True)
    with pytest.raises(OutputError) as refused:
        saved.folders(designs, tmp_path / "models", overwrite=False)
    assert refused.value.problems == ("session1 exists",)
    assert saved.folders(designs, tmp_path / "models", overwrite=True) == wanted
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="this is a file"):
        saved.folders(designs, tmp_path / "file", overwrite=True)


def test_versions_do_not_depend_on_the_other_landmarks(tmp_path: Path) -> None:
    wide, long = measured.episodes(60, seed=5)
    alone = SEVERAL.replace('["intake", "session1", "session5"]', '["session1", "session5"]')
    (one, *_), (_, two, *_) = (read(measured.write(tmp_path, wide, long, study=text)) for text in (alone, SEVERAL))
    assert one.study.name == two.study.name == "measured-session1"
    assert final._version(one) == final._version(two)


def test_an_unknown_at_risk_set_is_marked(tmp_path: Path, compared: list[Compared]) -> None:
    wide, long = measured.episodes(150, seed=5)
    text = SEVERAL.replace("last_measurement = true\n", "")
    unknown = read(measured.write(tmp_path, wide, long, study=text))
    assert [one.at_risk.told is None for one in unknown] == [False, True, True]
    shown = [Compared(design, one.evaluations) for design, one in zip(unknown, compared, strict=True)]
    note = overview.footnote(shown)
    assert note is not None
    assert "not known who was still in treatment at session1, session5" in note
    assert pd.Series(len(one.cohort.table) for one in unknown).eq(150).all()
