"""A study on the workers of a Dask cluster gives what it gives here."""

import numpy as np
import pytest

from tests.studies import Made
from therapport.errors import OutputError
from training import evaluation
from training.workers import spread_over

distributed = pytest.importorskip("distributed", reason="needs Dask: pip install 'therapport[cluster]'")


@pytest.mark.filterwarnings("ignore")  # of Dask's own, about ports and the size of what it sends
def test_a_local_cluster_gives_the_same_predictions(linear_study: Made) -> None:
    target = linear_study.design.targets[0]
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with spread_over(cluster.scheduler_address):
            spread = evaluation.evaluate(linear_study.study, target, done=lambda: None)
        with distributed.Client(cluster) as client:
            held = client.run(lambda: len(__import__("sys").modules.get("training.out_of_fold", object()).__dict__))
    own = linear_study.evaluations[0]
    for name, one in own.predictions.items():
        np.testing.assert_allclose(spread.predictions[name].prediction, one.prediction, atol=1e-12)
    assert all(held.values())  # the work was done over there


def test_without_a_scheduler_the_study_says_so() -> None:
    with pytest.raises(OutputError, match="no Dask scheduler answers"), spread_over("tcp://127.0.0.1:1"):
        pass
