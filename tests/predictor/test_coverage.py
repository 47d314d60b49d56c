"""Whether the end score's interval keeps its word for patients and therapists that the model has never met."""

from tests.studies import Made
from therapport import simulator


def test_at_least_eight_of_ten_new_patients_of_new_therapists_end_within_the_interval(linear_study: Made) -> None:
    new = simulator.simulate(patients=4000, therapists=200, sites=8, missing=0.05, seed=77).cohort
    known = new.drop(columns=["therapist_id", "site_id", "phq9_end"])
    answers = linear_study.predictor.predict(known)
    within = new["phq9_end"].between(answers["end_score_low"], answers["end_score_high"]).mean()
    # Twenty therapists round the level up to .8 x 21 / 20 = .84; models of two thirds of them err more than the final
    # one; and the width, learned from 397 patients, has a sampling error of about .02 in coverage.
    assert 0.78 <= within <= 0.90, within
