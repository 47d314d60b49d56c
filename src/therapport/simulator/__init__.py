"""Cohorts with a known truth, for what no open data set holds.

    simulated = simulator.simulate(patients=4000, seed=1)
    simulator.write(simulated, Path("simulated"))

A path model (`path_model`) gives each patient standardised values (`latent`) under a therapist (`therapists`);
instruments record them (`measures`), and some records are lost (`missingness`). A further layer of realism is a further
stage of `simulation.from_design` with random numbers of its own, so that switching it off restores the cohort without.
"""

from therapport.simulator.design import Design
from therapport.simulator.files import write
from therapport.simulator.simulation import Simulated, from_design, simulate

__all__ = ["Design", "Simulated", "from_design", "simulate", "write"]
