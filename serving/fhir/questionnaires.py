"""Scores that are added up from the items of a questionnaire, where no total was sent; and items that need a person."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from serving.fhir import values
from serving.fhir.measured import Measured
from serving.fhir.told import Notes
from serving.fhir.values import UnfitError
from therapport.instruments import Loinc


@dataclass
class Sheet:
    """The answers that belong together: of one resource, or single observations."""

    place: str
    points: dict[str, float] = field(default_factory=dict)
    is_repeated: bool = False

    def is_whole(self, loinc: Loinc) -> bool:
        """Whether every item is answered once."""
        return len(self.points) == len(loinc.items) and not self.is_repeated

    @property
    def total(self) -> float:
        """The sum of the items."""
        return sum(self.points.values())

    def needs_a_person(self, loinc: Loinc) -> bool:
        """Whether the item about thoughts of death or self-harm is above 0."""
        return loinc.safety is not None and self.points.get(loinc.safety, 0) > 0


def sheets(found: Iterable[Measured], loinc: Loinc, notes: Notes) -> dict[int, Sheet]:
    """Source -> its answers."""
    made: dict[int, Sheet] = {}
    for one in found:
        if one.item is None or one.item not in loinc.items:
            continue
        try:
            counted = values.points(loinc, one.sent)
        except UnfitError as error:
            notes.wrong(one.place, f"{one.item}: {error}")
            continue
        sheet = made.setdefault(one.source, Sheet(one.place))
        sheet.is_repeated = sheet.is_repeated or one.item in sheet.points
        # Of two answers to the same item the one that counts more: nothing that needs a person is lost.
        sheet.points[one.item] = max(counted, sheet.points.get(one.item, counted))
    return made


def added_up(
    made: dict[int, Sheet], loinc: Loinc, name: str, totals: dict[int, float], notes: Notes
) -> tuple[str, float] | None:
    """Place and sum of the only whole sheet; `totals` are those sent, by source, and then nothing is added up.

    Whatever else there is, is noted.
    """
    rest = []
    for source, sheet in made.items():
        if sheet.is_repeated:
            notes.skip(sheet.place, "several", name)
        elif source in totals:
            if sheet.is_whole(loinc) and sheet.total != totals[source]:
                notes.wrong(sheet.place, f"{name}: the total is not the sum of the items", "business-rule")
        elif sheet.is_whole(loinc):
            rest.append(sheet)
        else:
            notes.skip(sheet.place, "incomplete", name)
    if len(rest) == 1 and not totals:
        return rest[0].place, rest[0].total
    for sheet in rest:
        notes.skip(sheet.place, "several", name)
    return None
