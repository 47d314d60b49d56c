"""Cohorts with a known truth, for what no open data set holds.

    simulated = simulator.simulate(patients=4000, seed=1, scenario="keijsers")
    simulated.truth
    simulator.write(simulated, Path("simulated"))

A path model (`path_model`) gives each patient standardised values (`latent`) under a therapist (`therapists`, `world`);
instruments record them (`measures`), and some records are lost (`missingness`). Layers (`layers`) act on the way,
each a stage of `block` with random numbers of its own, so that switching one off restores the cohort without;
`scenarios` are sets of layers. What is then true of each patient is worked out in `truth`. docs/simulator.md has every
parameter.
"""

from therapport.simulator.design import Design
from therapport.simulator.design import design as asked
from therapport.simulator.files import write, write_blocks
from therapport.simulator.scenarios import SCENARIOS
from therapport.simulator.simulation import Simulated, from_design, simulate
from therapport.simulator.truth import Truth

__all__ = ["SCENARIOS", "Design", "Simulated", "Truth", "asked", "from_design", "simulate", "write", "write_blocks"]
