"""One block of patients: what they are, what is recorded of them, what is lost, and their sessions."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from therapport.simulator import (
    covariance,
    dates,
    described,
    effects,
    further,
    latent,
    measures,
    missingness,
    path_model,
    reliability,
    sessions,
)
from therapport.simulator.measures import Measurement, Recording
from therapport.simulator.scales import Normal
from therapport.simulator.sessions import Course
from therapport.simulator.world import World

Values = npt.NDArray[np.float64]
DIRECTIVENESS = Measurement("direct", Normal(3.0, 0.7), decimals=2)
LEAK = Measurement("leak", Normal(5.0, 2.0), decimals=1)
SHORT_SESSIONS, LONG_SESSIONS = 5, 12


@dataclass(frozen=True, eq=False)
class Block:
    """Patients of a cohort, row for row in every frame."""

    cohort: pd.DataFrame
    latent: pd.DataFrame
    """Standardised values, one column per variable of the path model."""
    complete: pd.DataFrame
    """The cohort before anything was lost."""
    days: Values
    """From the first day to the start of the episode."""
    course: Course

    @functools.cached_property
    def sessions(self) -> pa.Table:
        """The long table of measurements."""
        return sessions.long_table(self.course, pa.array(self.cohort["patient_id"]), dates.start(self.days))


def block(world: World, number: int) -> Block:
    """The patients of one block; the same whatever other blocks are drawn."""
    design = world.design
    rows = world.rows(number)
    therapist = world.staff.of_patient[rows]
    days = dates.draw(len(therapist), design, design.generator("dates", number))
    truth, severity_error = _patients(world, therapist, days, number)
    observed = reliability.observed(
        truth,
        error=design.layers.measurement_error,
        drawn={"sev": severity_error, "ther": world.rating_error[therapist]},
        generator=design.generator("measurement error", number),
    )
    complete = pd.concat([_identifiers(world, rows), *_recorded(world, truth, observed, number)], axis="columns")
    cohort = missingness.apply(complete, observed, design, design.generator("missing", number))
    left = missingness.left_early(truth, design, design.generator("dropout", number))
    if design.layers.dropout:
        cohort[measures.AFTER] = cohort[measures.AFTER].mask(left)
        cohort[described.DROPPED_OUT] = left
    generator = design.generator("sessions", number)
    last = sessions.attended(
        left, truth["short"].to_numpy() > 0 if "short" in truth else np.zeros_like(left), generator
    )
    course = sessions.course(truth, complete, cohort, last, design=design, generator=generator)
    whole = cohort.assign(sessions_attended=pd.Series(last).astype("Int64"), start_date=dates.as_text(days))
    return Block(whole, truth, complete, days, course)


def _patients(world: World, therapist: npt.NDArray[np.int64], days: Values, number: int) -> tuple[pd.DataFrame, Values]:
    """Each place on a caseload goes to the first patient drawn for it who is at caseness; with severity's error."""
    design = world.design
    generator, apart = design.generator("patients", number), design.generator("patients apart", number)
    share = design.layers.short_treatments
    reliable = reliability.reliabilities(design.layers.measurement_error)["sev"]
    acting = effects.effects(design)
    population = covariance.from_frame(path_model.implied_correlations(design.model))
    sure = covariance.none(population.names)

    def drawn(places: npt.NDArray[np.int64]) -> tuple[pd.DataFrame, Values]:
        def beyond(value: Mapping[str, Values]) -> Values:
            total = world.shared[therapist[places]] + dates.moved(design, days[places], value["alli3"])
            for effect in acting:
                total = total + effect.expected(value, sure, population)
            return total

        values = latent.draw(
            world.staff.value[therapist[places]],
            generator=generator,
            model=design.model,
            apart=latent.draw_apart(design.model, share, len(places), apart),
            outcome_noise=world.noise,
            beyond=beyond,
        )
        return values, apart.standard_normal(len(places))

    truth, error = drawn(np.arange(len(therapist)))

    def vacant() -> npt.NDArray[np.int64]:
        if not design.layers.caseness:
            return np.arange(0)
        score = np.sqrt(reliable) * truth["sev"].to_numpy() + np.sqrt(1 - reliable) * error
        return np.flatnonzero(~measures.at_caseness(score))

    while len(places := vacant()):
        values, error[places] = drawn(places)
        truth.iloc[places] = values.to_numpy()
    return truth, error


def _recorded(world: World, truth: pd.DataFrame, observed: pd.DataFrame, number: int) -> tuple[pd.DataFrame, ...]:
    """The twelve factors and the end score, then those that the design adds."""
    design = world.design
    recording = Recording(design.layers.whole_numbers, design.layers.floors_and_ceilings)
    table = measures.record(observed, recording)
    if design.layers.face_to_face or design.layers.blended:
        table[measures.DELIVERY_MODE] = _formats(world, table[measures.DELIVERY_MODE], number)
    columns: dict[str, pd.Series] = {}
    if design.factors > 12:  # noqa: PLR2004 - the twelve
        generator = design.generator("further factors", number)
        scores = further.indicators(truth, path_model.implied_correlations(design.model), generator)
        for name, indicator in further.INDICATORS.items():
            columns[name] = _shown(name, indicator.measurement, scores[name].to_numpy(), recording)
        columns.update(further.choices(len(truth), generator))
    if design.is_directive:
        columns["directiveness"] = _shown("directiveness", DIRECTIVENESS, observed["direct"].to_numpy(), recording)
    if design.layers.short_treatments:
        planned = np.where(truth["short"] > 0, SHORT_SESSIONS, LONG_SESSIONS)
        columns["planned_sessions"] = pd.Series(planned).astype("Int64")
    if leak := design.layers.leak:
        noise = design.generator("leak", number).standard_normal(len(truth))
        seen = -leak * truth["y"].to_numpy() + np.sqrt(1 - leak**2) * noise
        columns["progress_note"] = _shown("progress_note", LEAK, seen, recording)
    return table, pd.DataFrame({name: columns[name] for name in described.added(design)})


def _shown(name: str, measurement: Measurement, scores: Values, recording: Recording) -> pd.Series:
    low, high = described.further_factors()[name]["range"]
    return measures.as_column(measurement, measures.in_units(measurement, scores, (low, high), recording), recording)


def _formats(world: World, mode: pd.Series, number: int) -> pd.Series:
    """Some of the guided patients are seen face to face or in a blended treatment, to the same effect."""
    layers = world.design.layers
    drawn = world.design.generator("formats", number).random(len(mode))
    guided = mode == "guided"
    mode = mode.mask(guided & (drawn < layers.face_to_face + layers.blended), "blended")
    return mode.mask(guided & (drawn < layers.face_to_face), "face_to_face")


def _identifiers(world: World, rows: slice) -> pd.DataFrame:
    of_patient, staff = world.staff.of_patient[rows], world.staff
    digits = max(2, len(str(len(staff.value))))
    therapist = np.array([f"T{number:0{digits}d}" for number in range(1, len(staff.value) + 1)])
    site = np.array([f"site{number + 1}" for number in staff.site])
    return pd.DataFrame(
        {
            "patient_id": [f"S{number:06d}" for number in range(rows.start + 1, rows.stop + 1)],
            "therapist_id": therapist[of_patient],
            "site_id": site[of_patient],
        },
        dtype="str",
    )
