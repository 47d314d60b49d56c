"""Every outcome can be spoken of: label, rule, denominator and phrase."""

import re

import pytest

from tests.outcome import every
from therapport.outcome import BinaryOutcome, Response


@pytest.mark.parametrize("response", Response)
def test_every_outcome_offers_what_a_study_needs(response: Response) -> None:
    outcome: BinaryOutcome = every.outcome(response)
    assert outcome.response is response
    assert outcome.label
    assert outcome.roles
    assert not outcome.definition.endswith(".")
    assert outcome.denominator.endswith(".")
    assert outcome.denominator[0].isupper()


@pytest.mark.parametrize("response", Response)
def test_every_outcome_fits_into_a_short_sentence_about_people(response: Response) -> None:
    outcome = every.outcome(response)
    rule = outcome.definition.replace(", in patients who began at ", ", after a start at ")
    sentence = f"Of 100 people like this, about 40 {outcome.phrase.many} ({rule}); 60 do not."
    assert max(len(part.split()) for part in re.split(r"[.;:]\s", sentence)) <= 28
    assert outcome.phrase.one.split()[0].endswith("s")


def test_labels_tell_the_outcomes_apart() -> None:
    assert len({every.outcome(response).label for response in Response}) == len(Response)


def test_what_is_good_news() -> None:
    bad = {response for response in Response if not response.favourable}
    assert bad == {Response.RELIABLE_DETERIORATION, Response.NHS_RELIABLE_DETERIORATION, Response.DROPOUT}
