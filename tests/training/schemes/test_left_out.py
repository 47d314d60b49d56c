"""Leave-one-site-out: nobody is predicted by a model that met their site, or a group that it shares."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import LeaveOneGroupOut

from tests.training.conftest import Held, cohort, write
from therapport.errors import ConfigurationError, DesignError
from therapport.performance import bootstrap_weights, paired_difference
from therapport.performance.pooled import error_of, pool
from training import design as designs
from training import examined, out_of_fold
from training import study as studies
from training.external import subset
from training.schemes import left_out, sites


def test_every_site_is_predicted_by_a_model_fitted_on_the_others(held: Held) -> None:
    """Held against scikit-learn's splitter and a fit by hand for each of its parts."""
    target = held.binary.target
    codes = target.task.groups[1]
    split = left_out.parts(target, codes, seed=1)
    assert split is not None
    found = left_out.predictions(target, ["elastic_net"], split, done=lambda: None)["elastic_net"]
    for learned, tested in LeaveOneGroupOut().split(target.matrix, groups=codes):
        fitted = out_of_fold.fit(
            "elastic_net",
            target.task.of(learned),
            target.matrix[learned],
            target.outcome[learned],
            target.cluster[learned],
        )
        np.testing.assert_allclose(found.prediction[0, tested], fitted.predict(target.matrix[tested], target.task))
        np.testing.assert_allclose(found.training_mean[0, tested], target.outcome[learned].mean())
    assert (len(split.learned_from), split.straddling, split.kept_out) == (8, 0, 0)


def test_who_shares_a_group_with_the_left_out_site_is_not_learned_from(held: Held) -> None:
    target = held.binary.target
    codes = target.task.groups[1]
    # One therapist works at two sites: those of the first two patients of different sites.
    other = int(np.flatnonzero(codes != codes[0])[0])
    tied = replace(target, cluster=np.where(target.cluster == target.cluster[other], target.cluster[0], target.cluster))
    split = left_out.parts(tied, codes, seed=1)
    assert split is not None
    assert split.straddling == 0
    shared = tied.cluster == tied.cluster[0]
    for place, learned in enumerate(split.learned_from):
        asked = split.number == place
        assert not set(tied.cluster[learned]) & set(tied.cluster[asked])
        assert not (learned & asked).any()
        assert (learned | asked | (shared & ~learned)).all()
    assert split.kept_out == shared.sum()


def test_patients_of_an_unknown_site_are_neither_learned_from_nor_predicted(held: Held) -> None:
    target = held.binary.target
    codes = target.task.groups[1].copy()
    codes[:20] = -1
    split = left_out.parts(target, codes, seed=1)
    assert split is not None
    assert (split.number[:20] == -1).all()
    assert not any(mask[:20].any() for mask in split.learned_from)


def test_many_sites_are_left_out_several_at_a_time(held: Held) -> None:
    target = held.binary.target
    codes = np.arange(len(target.outcome)) // 6
    split = left_out.parts(replace(target, cluster=codes), codes, seed=1)
    assert split is not None
    assert len(split.learned_from) == 20
    assert all(len(set(split.number[codes == site])) == 1 for site in np.unique(codes))


def test_nothing_is_predicted_where_all_sites_hang_together(held: Held) -> None:
    target = replace(held.binary.target, cluster=np.zeros(len(held.binary.target.outcome), dtype=np.int64))
    assert left_out.parts(target, target.task.groups[1], seed=1) is None


def test_figures_of_each_site_and_their_mean(held: Held) -> None:
    """One site by its own figures; the mean by pooling what is shown."""
    found = held.binary.comparison.sites
    assert found is not None
    assert (found.level, found.sites, found.parts, found.straddling) == ("site", 8, 8, 0)
    assert len(found.shown) + found.too_small == 8
    assert set(found.pooled) == {held.binary.choice.chosen, "severity"}
    for name, pooled in found.pooled.items():
        shown = [site.candidates[name]["auc"] for site in found.shown]
        errors = [(one.high - one.low) / (2 * 1.959964) if one.high and one.low else 0.0 for one in shown]
        assert min(one.value for one in shown) < pooled["auc"].value < max(one.value for one in shown)
        assert all(errors)
        assert pooled["auc"].sites == len(shown)
        assert pooled["auc"].further_low is not None
        assert pooled["auc"].low is not None
        assert pooled["auc"].further_low <= pooled["auc"].low
        assert 0 <= pooled["auc"].inconsistency <= 1
    assert all(site.patients % 10 == 0 for site in found.shown)
    sizes = [site.patients for site in found.shown]
    assert sizes == sorted(sizes, reverse=True)
    assert [site.label for site in found.shown] == [f"site {place + 1}" for place in range(len(sizes))]


def test_the_gain_over_severity_is_paired_within_sites_and_pooled(held: Held) -> None:
    target, chosen = held.score.target, held.score.choice.chosen
    assert chosen != "severity"
    found = held.score.comparison.sites
    assert found is not None
    codes = target.task.groups[1]
    split = left_out.parts(target, codes, seed=1)
    assert split is not None
    predicted = left_out.predictions(target, [chosen, "severity"], split, done=lambda: None)
    values, errors = [], []
    for site in np.unique(codes):
        places = np.flatnonzero(codes == site)
        if len(places) < 30:
            continue
        a, b = (subset(predicted[name], places) for name in (chosen, "severity"))
        cluster = a.cluster if len(np.unique(a.cluster)) >= 5 else np.arange(len(places))
        one = paired_difference(a, b, bootstrap_weights(cluster, draws=100, seed=1), loss="squared_error")
        error = error_of(one, scale="plain")
        assert error is not None
        values.append(one.value)
        errors.append(error)
        by_hand = ((a.truth - a.prediction) ** 2).mean() - ((b.truth - b.prediction) ** 2).mean()
        assert one.value == pytest.approx(by_hand)
    assert found.gain is not None
    assert found.gain.value == pytest.approx(pool(values, errors).value)


def test_all_sites_together_are_judged_on_one_level(held: Held) -> None:
    found, target = held.binary.comparison.sites, held.binary.target
    assert found is not None
    codes = target.task.groups[1]
    split = left_out.parts(target, codes, seed=1)
    assert split is not None
    one = left_out.predictions(target, ["severity"], split, done=lambda: None)["severity"]
    [fold], level = one.fold, np.log(one.prediction[0]) - np.log1p(-one.prediction[0])
    level -= (pd.Series(level).groupby(fold).transform("mean")).to_numpy()
    auc = found.everyone["severity"]["auc"]
    assert auc.value == pytest.approx(roc_auc_score(one.truth, level))
    assert auc.low is not None
    assert auc.high is not None
    middle = (auc.low + auc.high) / 2
    assert abs(auc.value - middle) < (auc.high - auc.low) / 6


def test_without_enough_sites_there_is_no_split_unless_one_is_named(tmp_path: Path) -> None:
    patients = cohort()
    few = patients.assign(site_id=patients["site_id"].where(patients["site_id"].isin(patients["site_id"].unique()[:2])))
    few["site_id"] = few["site_id"].fillna("one for all others")
    design = designs.read(studies.read(write(tmp_path, few)))
    assert sites.level_of(design, design.targets[0]) is None
    named = designs.read(studies.read(write(tmp_path, few, validation='sites = "site"')))
    assert sites.level_of(named, named.targets[0]) == "site"
    off = designs.read(studies.read(write(tmp_path, patients, validation='sites = "none"')))
    assert sites.level_of(off, off.targets[0]) is None


def test_a_single_site_cannot_be_left_out(tmp_path: Path) -> None:
    patients = cohort().assign(site_id="canary")
    design = designs.read(studies.read(write(tmp_path, patients, validation='sites = "site"')))
    with pytest.raises(DesignError, match="all of one site") as caught:
        examined.require(design)
    assert "canary" not in str(caught.value)


def test_a_level_that_the_codebook_does_not_have_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        studies.read(write(tmp_path, cohort(), validation='sites = "region"'))
    assert 'unknown grouping level; known: therapist, site, "none"' in str(caught.value.problems)


def test_names_of_sites_are_not_in_the_evidence(held: Held) -> None:
    names = set(pd.unique(held.cohort["site_id"]))
    for one in held.evaluations:
        assert one.comparison.sites is not None
        text = one.comparison.sites.model_dump_json()
        assert not [name for name in names if name in text]
