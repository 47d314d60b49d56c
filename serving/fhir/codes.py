"""How the factors of a predictor are named in health records, from its codebook and the instruments."""

from dataclasses import dataclass
from functools import cached_property

from therapport import instruments
from therapport.errors import ConfigurationError
from therapport.instruments import Instrument, Loinc
from therapport.predictor import Predictor

LOINC = "http://loinc.org"
AGE, SEX = f"{LOINC}|30525-0", f"{LOINC}|46098-0"
"""A factor with one of these codes is also read from the Patient resource."""
WHOLE = (None, "first", "last")
"""Summaries that are a score of the instrument themselves; a change or a slope is none."""


@dataclass(frozen=True)
class Codes:
    """The codes of one predictor."""

    predictor: Predictor

    @property
    def system(self) -> str:
        """The system in which each factor's name is its code."""
        return own_system(self.predictor)

    @cached_property
    def factors(self) -> dict[str, tuple[str, ...]]:
        """Shared code -> the factors that have it."""
        found: dict[str, list[str]] = {}
        for name in self.predictor.factors:
            if (code := self._code(name)) is not None:
                found.setdefault(code, []).append(name)
        return {code: tuple(names) for code, names in found.items()}

    @cached_property
    def questionnaires(self) -> dict[str, tuple[Instrument, Loinc]]:
        """Factor -> the instrument whose items its score can be added up from."""
        factors = self.predictor.codebook.factors
        known = {name: self._instrument(name) for name in self.predictor.factors if factors[name].code is None}
        return {name: (one, one.loinc) for name, one in known.items() if one is not None and one.loinc is not None}

    @cached_property
    def items(self) -> dict[str, Loinc]:
        """Code of an item -> its questionnaire."""
        return {item: loinc for _, loinc in self.questionnaires.values() for item in loinc.items}

    @property
    def panels(self) -> frozenset[str]:
        """Codes of whole questionnaires."""
        return frozenset(loinc.panel for _, loinc in self.questionnaires.values() if loinc.panel)

    def tokens(self) -> list[str]:
        """Every code that an Observation may have, as FHIR searches for it."""
        items = [f"{LOINC}|{item}" for item in self.items]
        return [*(f"{self.system}|{name}" for name in self.predictor.factors), *self.factors, *items]

    def _code(self, name: str) -> str | None:
        factor = self.predictor.codebook.factors[name]
        if factor.code is not None:
            return factor.code
        known = self._instrument(name)
        return None if known is None or known.loinc is None else f"{LOINC}|{known.loinc.total}"

    def _instrument(self, name: str) -> Instrument | None:
        """The instrument whose score the factor is."""
        codebook = self.predictor.codebook
        factor = codebook.factors[name]
        if factor.instrument is None or factor.summary not in WHOLE:
            return None
        try:
            known = instruments.instrument(factor.instrument, codebook.instruments)
        except ConfigurationError:
            return None
        # A share of a score or a mean of its items has another range than the score.
        return known if factor.range == known.range else None


def own_system(predictor: Predictor) -> str:
    """The code system that is the codebook."""
    return f"urn:therapport:codebook:{predictor.codebook.name}"


def level_system(predictor: Predictor, factor: str) -> str:
    """The code system that is the levels of one factor."""
    return f"{own_system(predictor)}:{factor}"
