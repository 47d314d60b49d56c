"""What is true of each patient: expected end score, probability, and the contributions of the families."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from therapport.codebook import Landmark
from therapport.simulator import missingness, sessions
from therapport.simulator.block import Block
from therapport.simulator.design import Design
from therapport.simulator.measures import BEFORE
from therapport.simulator.truth import link
from therapport.simulator.truth.expectation import Expectation, Given
from therapport.simulator.truth.family_game import FamilyGame, People
from therapport.simulator.truth.observations import observations

Values = npt.NDArray[np.float64]
LANDMARK = Landmark.SESSION_3
"""Of the study that is written with the cohort."""
REFERENCE = 200
"""The first patients of the cohort, before anything was lost: whom the contributions start from."""
RESPONSES = ("reliable_improvement", "recovery", "half_drop")


class Truth:
    """The truth of a design against reference patients: those of its first block, or others of the same design."""

    def __init__(self, design: Design, first: Block, *, reference: pd.DataFrame | None = None) -> None:
        self.design = design
        self.observed = observations(design)
        self.expectation = Expectation(design, self.observed)
        families = tuple(dict.fromkeys(self.observed.family))
        starting = first.complete.iloc[:REFERENCE] if reference is None else reference
        self.game = FamilyGame(
            self.expectation,
            families,
            self.people(starting, np.zeros(len(starting))),
            design.preset.response,
        )

    @property
    def families(self) -> tuple[str, ...]:
        """The players, in the order of the codebook's factors."""
        return self.game.families

    def people(self, table: pd.DataFrame, days: Values) -> People:
        """Patients as the game takes them."""
        return People(self.observed.standardised(table), table[BEFORE].to_numpy(np.float64), days)

    def of(self, part: Block) -> pd.DataFrame:
        """One row per patient of a block; columns as docs/simulator.md has them."""
        people = self.people(part.cohort, part.days)
        columns: dict[str, npt.NDArray[np.floating]] = {
            **self._predictions(part, people),
            **self._contributions(people),
            **{f"latent_{name}": part.latent[name].to_numpy(np.float32) for name in part.latent},
        }
        return pd.DataFrame({"patient_id": part.cohort["patient_id"], **columns})

    def predictions(self, part: Block) -> pd.DataFrame:
        """The same without contributions and latent values, which cost most."""
        return pd.DataFrame(self._predictions(part, self.people(part.cohort, part.days)))

    def _predictions(self, part: Block, people: People) -> dict[str, Values]:
        response = self.design.preset.response
        mean, sd = self.outcome(people, LANDMARK)
        columns = {"expected_end_score": self._end_score(mean, sd)}
        for name in RESPONSES:
            columns[f"probability_{name}"] = self._probability(name, people, mean, sd)
        columns["probability"] = columns[f"probability_{response}"]
        early, early_sd = self.outcome(people, Landmark.INTAKE)
        columns["expected_end_score_intake"] = self._end_score(early, early_sd)
        columns["probability_intake"] = self._probability(response, people, early, early_sd)
        later, later_sd = self._with_symptoms(part, people, mean, sd)
        columns["expected_end_score_symptoms"] = self._end_score(later, later_sd)
        columns["probability_symptoms"] = self._probability(response, people, later, later_sd)
        if self.design.layers.dropout:
            columns["probability_dropout"] = self._dropout(people, mean, sd)
        return columns

    def outcome(self, people: People, landmark: Landmark) -> tuple[Values, Values]:
        """Mean and standard deviation of the standardised outcome, given what was recorded by then, (patients,)."""
        mean, sd = np.empty(len(people.before)), np.empty(len(people.before))
        for rows, given in self._alike(people, landmark):
            known = np.nan_to_num(people.columns[rows])
            means = {name: known @ given.weights[self._place(name)] for name in self.expectation.needed}
            mean[rows] = self.expectation.of_means(known @ given.linear, means, given, people.days[rows])
            sd[rows] = given.sd
        return mean, sd

    def _place(self, name: str) -> int:
        return self.observed.latent.index(name)

    def _alike(self, people: People, landmark: Landmark) -> list[tuple[npt.NDArray[np.int64], Given]]:
        present = ~np.isnan(people.columns) & self.observed.known_by(landmark)
        ever = np.flatnonzero(present.any(axis=0) & ~present.all(axis=0))
        code = present[:, ever] @ (1 << np.arange(len(ever)))
        groups = [np.flatnonzero(code == one) for one in np.unique(code)]
        return [(rows, self.expectation.given(present[rows[0]])) for rows in groups]

    def _end_score(self, mean: Values, sd: Values) -> Values:
        return link.expected_end_score(mean, sd, self.design.layers)

    def _probability(self, response: str, people: People, mean: Values, sd: Values) -> Values:
        border = link.borders(response, people.before, self.design.layers)
        probability: Values = special.ndtr((border - mean) / sd)
        return probability

    def _contributions(self, people: People) -> dict[str, Values]:
        game = self.game.of(people)
        end_score, log_odds = game.contributions()
        columns = {"end_score_reference": game.end_score[:, 0], "log_odds_reference": game.log_odds[:, 0]}
        for name, values in (("score_contribution", end_score), ("log_odds", log_odds)):
            columns |= {f"{name}_{family}": values[:, place] for place, family in enumerate(self.families)}
        return columns

    def _with_symptoms(self, part: Block, people: People, mean: Values, sd: Values) -> tuple[Values, Values]:
        """The outcome given also the PHQ-9 of sessions 1 to 3: a normal prior, three normal observations."""
        gone, noise = sessions.early_signal(self.design)
        scale = link.end_scale()
        pull = np.linalg.solve(noise, scale.sd * gone)
        information = 1 / sd**2 + scale.sd * gone @ pull
        expected = people.before[:, None] + gone * (scale.mean - people.before)[:, None]
        surprise = sessions.early_symptoms(part.course) - expected
        return (mean / sd**2 + surprise @ pull) / information, np.sqrt(1 / information)

    def _dropout(self, people: People, mean: Values, sd: Values) -> Values:
        threshold, slopes = missingness.dropout_slopes(self.design)
        index, spread = threshold + slopes["y"] * mean, 1 + slopes["y"] ** 2 * sd**2
        for rows, given in self._alike(people, LANDMARK):
            known = np.nan_to_num(people.columns[rows])
            for name in missingness.STAY:
                index[rows] += slopes[name] * (known @ given.weights[self._place(name)])
            own = slopes[list(self.observed.latent)].to_numpy()
            spread[rows] += float(own @ given.spread.values @ own)
        probability: Values = special.ndtr(index / np.sqrt(spread))
        return probability
