"""Other splits and populations in MLflow: few keys, receipts as parameters, all rows in tables."""

import json
from dataclasses import replace
from pathlib import Path

from tests.held_evidence import held
from tests.studies import Made
from tests.tracking.conftest import log
from therapport.tracking import database, further


def test_the_run_of_the_chosen_candidate_has_them_all(mlruns: Path, compared: Made) -> None:
    assert mlruns.exists()
    evidence = compared.predictor.evidence
    with_held = evidence.model_copy(update={"comparisons": tuple(held(one) for one in evidence.comparisons)})
    run_id = log(replace(compared, predictor=replace(compared.predictor, evidence=with_held)))
    client = database.connect()
    run = client.get_run(run_id)
    metrics = run.data.metrics
    assert metrics["sites/auc"] == 0.62
    assert metrics["sites/auc_further_low"] == 0.62 - 0.2
    assert metrics["time/auc"] == 0.66
    assert metrics["oof_lost/auc_if_poor"] == 0.602
    assert metrics["subgroup/gender/Woman_other/auc"] == 0.71
    assert len(metrics) < 60
    (study,) = client.search_runs([run.info.experiment_id], "tags.kind = 'study'")
    run_id = study.info.run_id
    parameters = run.data.params
    assert parameters["groups_on_both_sides_of_sites"] == "0"
    assert parameters["patients_on_both_sides_in_time"] == "0"
    assert parameters["therapists_on_both_sides_in_time"] == "17"
    table = json.loads(Path(client.download_artifacts(run_id, "tables/subgroups.json")).read_text())
    row = dict(zip(table["columns"], table["data"][1], strict=True))
    assert row["level"] == "Woman/other"
    assert (row["patients"], row["auc"], row["auc_minus_others"], row["auc_p_holm"]) == (220, 0.71, 0.123, 0.008)
    for name in ("tables/left_out_sites.json", "tables/lost.json"):
        assert json.loads(Path(client.download_artifacts(run_id, name)).read_text())["data"]


def test_keys_end_where_charts_are_no_longer_looked_at(compared: Made) -> None:
    comparison = held(compared.predictor.evidence.comparisons[0])
    every = further.figures(comparison, taken=0)
    assert next(iter(every)) == "sites/auc"
    assert [key for key in every if key.startswith("subgroup/")] == [
        "subgroup/gender/Woman_other/auc",
        "subgroup/gender/Man/auc",
    ]
    assert {"sites/auc_high", "time/auc_low", "oof_lost/auc_weighted", "sites/difference_severity"} < {*every}
    assert list(further.figures(comparison, taken=55)) == ["sites/auc", "sites/auc_further_low", "time/auc"]
    assert further.figures(comparison, taken=58) == {}


def test_without_them_a_run_is_as_before(compared: Made) -> None:
    comparison = compared.predictor.evidence.comparisons[0]
    assert further.figures(comparison, taken=0) == {}
    assert further.parameters(comparison) == {}
    assert further.tables(comparison) == {}
