"""Five files as services write them, with what a person who knows the columns would say of each."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from therapport import draft
from therapport.draft import Draft

PATIENTS = 240
Said = str
"""role, or role:family for a factor, role:instrument for a score; kept out is `ignored`."""


def files() -> Mapping[str, tuple[pd.DataFrame, Mapping[str, Said]]]:
    """Name -> the cohort, and what is right for each of its columns."""
    return {
        "english": english(),
        "dutch": dutch(),
        "spss": spss(),
        "redcap": redcap(),
        "spreadsheet": spreadsheet(),
    }


class Values:
    """Invented values of one file."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def whole(self, low: int, high: int, missing: float = 0.0) -> "pd.Series[float]":
        values = self.random.integers(low, high + 1, PATIENTS).astype(float)
        values[self.random.random(PATIENTS) < missing] = np.nan
        return pd.Series(values)

    def of(self, *levels: str | int) -> "pd.Series[float]":
        """Every level stands for about as many patients."""
        return pd.Series(self.random.permutation([levels[place % len(levels)] for place in range(PATIENTS)]))

    def decimal(self, low: float, high: float) -> "pd.Series[float]":
        return pd.Series(np.round(self.random.uniform(low, high, PATIENTS), 2))

    def ids(self, prefix: str) -> list[str]:
        return [f"{prefix}{number * 7 + 1000}" for number in self.random.permutation(PATIENTS)]

    def days(self) -> list[str]:
        return [str(np.datetime64("2023-01-01") + int(day)) for day in self.random.integers(0, 500, PATIENTS)]

    def sentences(self) -> list[str]:
        words = ["sleeps", "badly", "worries", "about", "work", "tired", "alone", "since", "spring", "often"]
        return [" ".join(self.random.choice(words, 9)) for _ in range(PATIENTS)]


def english() -> tuple[pd.DataFrame, Mapping[str, Said]]:
    """An export of a service like NHS Talking Therapies."""
    make = Values(1)
    columns: dict[str, tuple[object, Said]] = {
        "ReferralID": (make.ids("R"), "id"),
        "NHSNumber": (make.random.permutation(PATIENTS) + 4_000_000_000, "ignored"),
        "DateOfBirth": (make.days(), "ignored"),
        "ReferralDate": (make.days(), "ignored"),
        "AgeAtReferral": (make.whole(18, 80), "factor:patient"),
        "Gender": (make.of("F", "M"), "factor:patient"),
        "Ethnicity": (make.of("A", "B", "C"), "ignored"),
        "IMDDecile": (make.whole(1, 10), "factor:patient"),
        "EmploymentStatus": (make.of("employed", "unemployed", "retired"), "factor:patient"),
        "LongTermCondition": (make.of("Yes", "No"), "factor:patient"),
        "PsychotropicMedication": (make.of("prescribed", "not prescribed"), "factor:patient"),
        "PHQ9First": (make.whole(5, 27), "factor:phq9"),
        "PHQ9Last": (make.whole(0, 27), "measure:phq9"),
        "GAD7First": (make.whole(3, 21), "factor:gad7"),
        "GAD7Last": (make.whole(0, 21), "measure:gad7"),
        "WSASFirst": (make.whole(0, 40), "factor:wsas"),
        "WSASLast": (make.whole(0, 40), "measure:wsas"),
        "WaitingDays": (make.whole(0, 200), "factor:delivery"),
        "TherapistCode": (make.of(*[f"T{n}" for n in range(16)]), "group"),
        "ServiceID": (make.of("north", "south"), "group"),
        "TreatmentIntensity": (make.of("high", "low"), "factor:delivery"),
        "ConsultationMedium": (make.of("phone", "video", "face"), "factor:delivery"),
        "SessionsAttended": (make.whole(0, 20), "measure"),
        "Recovered": (make.of("Yes", "No"), "measure"),
        "ReasonEnded": (make.of("completed", "dropped", "referred"), "ignored"),
        "ClinicalNotes": (make.sentences(), "ignored"),
    }
    return _apart(columns)


def dutch() -> tuple[pd.DataFrame, Mapping[str, Said]]:
    """An export of routine outcome monitoring."""
    make = Values(2)
    columns: dict[str, tuple[object, Said]] = {
        "cliëntnummer": (make.random.permutation(PATIENTS) + 100, "id"),
        "BSN": (make.random.permutation(PATIENTS) + 100_000_000, "ignored"),
        "geboortedatum": (make.days(), "ignored"),
        "leeftijd": (make.whole(18, 75), "factor:patient"),
        "geslacht": (make.of("man", "vrouw"), "factor:patient"),
        "behandelaarcode": (make.of(*range(1, 21)), "group"),
        "vestiging": (make.of("oost", "west", "zuid"), "group"),
        "oq45_voormeting": (make.whole(40, 150), "factor:oq45"),
        "oq45_nameting": (make.whole(10, 150), "measure:oq45"),
        "bsi_totaal_voor": (make.decimal(0, 4), "factor:bsi18_gsi"),
        "bsi_totaal_na": (make.decimal(0, 4), "measure:bsi18_gsi"),
        "werksituatie": (make.of("werkend", "werkloos", "ziektewet"), "factor:patient"),
        "opleiding": (make.of("laag", "midden", "hoog"), "factor:patient"),
        "duur_klachten": (make.whole(0, 120), "factor:patient"),
        "eerdere_behandelingen": (make.whole(0, 6), "factor:patient"),
        "medicatie": (make.of("ja", "nee"), "factor:patient"),
        "behandelvorm": (make.of("CGT", "EMDR", "IPT"), "factor:technique"),
        "wachttijd_dagen": (make.whole(0, 300), "factor:delivery"),
        "werkalliantie_sessie3": (make.decimal(1, 5), "factor:alliance"),
        "huiswerk_sessie5": (make.decimal(0, 1), "factor:active_role"),
        "aantal_sessies": (make.whole(1, 30), "measure"),
        "uitval": (make.of(0, 1), "measure"),
        "reden_afsluiting": (make.of("klaar", "gestopt"), "ignored"),
        "opmerkingen": (make.sentences(), "ignored"),
    }
    return _apart(columns)


def spss() -> tuple[pd.DataFrame, Mapping[str, Said]]:
    """A trial's file, capitals and short names."""
    make = Values(3)
    columns: dict[str, tuple[object, Said]] = {
        "RESPNR": (make.random.permutation(PATIENTS) + 1, "id"),
        "AGE": (make.whole(18, 70), "factor:patient"),
        "SEX": (make.of(1, 2), "factor:patient"),
        "EDUC": (make.whole(1, 7), "factor:patient"),
        "THERNR": (make.of(*range(1, 13)), "group"),
        "BDIPRE": (make.whole(10, 60), "factor:bdi2"),
        "BDIPOST": (make.whole(0, 60), "measure:bdi2"),
        "BDIFU": (make.whole(0, 60, missing=0.3), "measure:bdi2"),
        "PHQTOTPRE": (make.whole(5, 27), "factor:phq9"),
        "PHQTOTPOST": (make.whole(0, 27), "measure:phq9"),
        "PHQ9_1": (make.whole(0, 3), "ignored"),
        "PHQ9_2": (make.whole(0, 3), "ignored"),
        "PHQ9_3": (make.whole(0, 3), "ignored"),
        "PHQ9_4": (make.whole(0, 3), "ignored"),
        "CONDITIE": (make.of(0, 1), "factor:technique"),
        "WAIS3": (make.decimal(1, 5), "factor:wai_sr"),
        "CEQCRED": (make.whole(3, 27), "factor:ceq_credibility"),
        "CEQEXP": (make.whole(3, 27), "factor:ceq_expectancy"),
        "MEDIC": (make.of(0, 1), "factor:patient"),
        "NEPISODE": (make.whole(0, 8), "factor:patient"),
        "DROPOUT": (make.of(0, 1), "measure"),
        "NSESSIES": (make.whole(0, 16), "measure"),
        "BDIVERSCHIL": (make.whole(-20, 40), "ignored"),
    }
    return _apart(columns)


def redcap() -> tuple[pd.DataFrame, Mapping[str, Said]]:
    """An export of REDCap."""
    make = Values(4)
    columns: dict[str, tuple[object, Said]] = {
        "record_id": (make.random.permutation(PATIENTS) + 1, "id"),
        "redcap_data_access_group": (make.of(*[f"site_{n}" for n in range(10)]), "group"),
        "therapist_id": (make.of(*[f"t{n}" for n in range(24)]), "group"),
        "consent_date": (make.days(), "ignored"),
        "demographics_complete": (make.of(2, 2), "ignored"),
        "age": (make.whole(18, 70), "factor:patient"),
        "gender": (make.of(1, 2), "factor:patient"),
        "phq9_total_t0": (make.whole(5, 27), "factor:phq9"),
        "phq9_total_t1": (make.whole(0, 27), "measure:phq9"),
        "phq9_total_t2": (make.whole(0, 27, missing=0.4), "measure:phq9"),
        "phq9_q1_t0": (make.whole(0, 3), "ignored"),
        "phq9_q2_t0": (make.whole(0, 3), "ignored"),
        "gad7_total_t0": (make.whole(0, 21), "factor:gad7"),
        "gad7_total_t1": (make.whole(0, 21), "measure:gad7"),
        "wai_sr_bond_session3": (make.decimal(1, 5), "factor:wai_sr_bond"),
        "wai_sr_task_session3": (make.decimal(1, 5), "factor:wai_sr_task"),
        "srs_session1": (make.decimal(20, 40), "factor:srs"),
        "audit_c_score": (make.whole(0, 12), "factor:patient"),
        "mspss": (make.decimal(1, 7), "factor:patient"),
        "logins_week4": (make.whole(0, 9), "factor:active_role"),
        "homework_completion_session3": (make.decimal(0, 1), "factor:active_role"),
        "treatment_arm": (make.of("guided", "unguided"), "factor:technique"),
        "completer": (make.of(0, 1), "measure"),
        "email": ([f"p{n}@example.org" for n in range(PATIENTS)], "ignored"),
        "adverse_event_notes": (make.sentences(), "ignored"),
    }
    return _apart(columns)


def spreadsheet() -> tuple[pd.DataFrame, Mapping[str, Said]]:
    """A sheet that somebody kept by hand."""
    make = Values(5)
    columns: dict[str, tuple[object, Said]] = {
        "Patient No.": (make.random.permutation(PATIENTS) + 1, "id"),
        "Name": ([f"Person {n} Invented" for n in range(PATIENTS)], "ignored"),
        "Age (years)": (make.whole(18, 70), "factor:patient"),
        "Sex M/F": (make.of("M", "F"), "factor:patient"),
        "Therapist": (make.of(*[f"AB{n}" for n in range(12)]), "group"),
        "PHQ-9 (start)": (make.whole(5, 27), "factor:phq9"),
        "PHQ-9 (end)": (make.whole(0, 27), "measure:phq9"),
        "CORE-OM before": (make.decimal(5, 35), "factor:core_om"),
        "CORE-OM after": (make.decimal(0, 35), "measure:core_om"),
        "On medication?": (make.of("yes", "no"), "factor:patient"),
        "Previous therapy?": (make.of("yes", "no"), "factor:patient"),
        "Type of therapy": (make.of("CBT", "ACT"), "factor:technique"),
        "Online / face to face": (make.of("online", "f2f"), "factor:delivery"),
        "# sessions planned": (make.whole(4, 20), "factor:delivery"),
        "Sessions attended (total)": (make.whole(0, 20), "measure"),
        "Homework % (session 3)": (make.decimal(0, 1), "factor:active_role"),
        "Motivation, 1-5": (make.whole(1, 5), "factor:active_role"),
        "Dropped out?": (make.of("yes", "no"), "measure"),
        "Start date": (make.days(), "ignored"),
        "Remarks": (make.sentences(), "ignored"),
        "Unnamed: 20": ([None] * PATIENTS, "ignored"),
    }
    return _apart(columns)


def _apart(columns: Mapping[str, tuple[object, Said]]) -> tuple[pd.DataFrame, Mapping[str, Said]]:
    return (
        pd.DataFrame({name: values for name, (values, _) in columns.items()}),
        {name: said for name, (_, said) in columns.items()},
    )


def drafted(cohort: pd.DataFrame, folder: Path, name: str = "cohort.csv") -> Draft:
    """The draft of a cohort that is written to a file first."""
    cohort.to_csv(folder / name, index=False)
    return draft.write(folder / name, folder / "mine")
