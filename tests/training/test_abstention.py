"""Whom a predictor leaves out, counted out of fold: held against plain loops over folds and refits."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import t

from tests.studies import Made
from therapport import performance
from therapport.predictor import ExplainedModel
from training import abstention, explained, figures
from training.design import Design
from training.evaluation import metrics
from training.external import subset


def with_rules(made: Made, **rules: float) -> Design:
    validation = made.study.table.validation.model_copy(update={f"abstain_{key}": rule for key, rule in rules.items()})
    study = replace(made.study, table=made.study.table.model_copy(update={"validation": validation}))
    return replace(made.design, study=study)


def model(made: Made, kind: str) -> ExplainedModel:
    found = made.predictor.response if kind == "binary" else made.predictor.end_score
    assert found is not None
    return found


def test_without_a_rule_there_is_nothing_to_tell(linear_study: Made) -> None:
    one = linear_study.evaluations[0]
    assert abstention.abstention(linear_study.design, one, model(linear_study, "binary")) is None
    assert linear_study.predictor.evidence.comparisons[0].abstention is None


def test_what_the_cohort_covers_is_learned_without_the_patients_fold(linear_study: Made) -> None:
    design, one = with_rules(linear_study, beyond=0), linear_study.evaluations[0]
    found = abstention.abstention(design, one, model(linear_study, "binary"))
    assert found is not None
    table, factors = design.cohort.table.iloc[one.target.rows], design.study.factors
    (fold,) = one.fold
    counts = np.zeros(len(table))
    for number in np.unique(fold):
        seen, tested = table[fold != number], fold == number
        for name in factors:
            kind, values = design.study.codebook.factors[name].kind, table[name]
            if kind in ("category", "boolean"):
                common = [level for level, count in seen[name].value_counts().items() if count >= 10]
                beyond = values.notna() & ~values.isin(common)
            else:
                known = np.sort(seen[name].dropna().to_numpy(dtype=float))
                first, third = np.quantile(known, [0.25, 0.75])
                low = min(known[9], first - 1.5 * (third - first))
                high = max(known[-10], third + 1.5 * (third - first))
                beyond = (values < low) | (values > high)
            counts[tested] += beyond.to_numpy()[tested]
    left_out = counts > 0
    expected = int(left_out.sum())
    assert expected > 0
    assert found.abstained == found.reasons["beyond-cohort"] == expected - expected % 10
    assert (found.share is None) == (expected < 10)
    own = subset(one.predictions[one.choice.chosen], np.flatnonzero(~left_out))
    weights = performance.bootstrap_weights(own.cluster, draws=100, seed=1)
    auc = metrics(design.study, "binary", own, weights)["auc"]
    assert found.predicted["auc"].value == pytest.approx(auc.value)
    assert found.predicted["auc"].low == pytest.approx(auc.low)


@pytest.mark.parametrize("kind", ["binary", "score"])
def test_the_models_uncertainty_comes_from_refits_that_did_not_draw_the_group(made: Made, kind: str) -> None:
    one = next(each for each in made.evaluations if each.target.kind == kind)
    chosen, target = model(made, kind), one.target
    rows = explained.rows_of_refits(made.design, target)
    predictions = one.predictions[one.choice.chosen]
    found = abstention.width(target, predictions, chosen, rows)
    assert chosen.refits is not None
    totals = [each.explain(target.matrix).total for each in chosen.refits.explainers]
    factor = t.ppf(0.975, len(totals) - 1)
    for patient in range(0, len(found), 23):
        own = [total[patient] for total, drawn in zip(totals, rows, strict=True) if patient not in drawn]
        groups = {int(target.cluster[patient])}
        assert all(not groups & set(target.cluster[drawn]) for drawn in rows if patient not in drawn)
        if len(own) < 2:
            assert np.isnan(found[patient])
            continue
        margin = factor * np.std(own, ddof=1)
        if kind == "score":
            expected = 2 * margin
        else:
            centre = logit(predictions.prediction[:, patient]).mean()
            expected = expit(centre + margin) - expit(centre - margin)
        assert found[patient] == pytest.approx(expected)


def test_a_strict_rule_is_told_in_a_sentence_without_small_counts(tree_study: Made) -> None:
    one = next(each for each in tree_study.evaluations if each.target.kind == "score")
    chosen = model(tree_study, "score")
    spread = abstention.width(
        one.target,
        one.predictions[one.choice.chosen],
        chosen,
        explained.rows_of_refits(tree_study.design, one.target),
    )
    limit = float(np.nanquantile(spread, 0.7))
    found = abstention.abstention(with_rules(tree_study, wide_points=limit), one, chosen)
    assert found is not None
    count = int((spread > limit).sum())
    assert found.abstained == count - count % 10
    assert found.share == pytest.approx(count / len(spread), abs=5e-4)
    assert set(found.left_out) == set(found.predicted) == {"rmse", "r2", "calibration_intercept"}
    sentence = figures.abstained(found)
    assert f"{found.abstained} of {found.patients} patients" in sentence
    assert f"RMSE {found.predicted['rmse'].value:.3f}" in sentence
    # What the other outcome's rule keeps back is kept back here, too.
    response = next(each for each in tree_study.evaluations if each.target.kind == "binary")
    both = with_rules(tree_study, wide_points=limit)
    known = abstention.abstention(both, response, model(tree_study, "binary"), [(one, chosen)])
    assert known is not None
    unsure = np.zeros(len(tree_study.design.cohort.table), dtype=bool)
    unsure[one.target.rows] = spread > limit
    assert known.share == pytest.approx(unsure[response.target.rows].mean(), abs=5e-4)
    nobody = abstention.abstention(with_rules(tree_study, wide_points=1e6), one, chosen)
    assert nobody is not None
    assert figures.abstained(nobody).startswith(f"No prediction for fewer than 10 of {nobody.patients} patients")
    assert nobody.left_out == {}
    assert nobody.share is None
