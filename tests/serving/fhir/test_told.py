"""Only codes that LOINC could have made are repeated."""

import pytest

from serving.fhir.told import is_loinc
from therapport.instruments import all_instruments

PUBLISHED = ("44261-6", "70274-6", "8480-6", "30525-0", "46098-0", "2345-7", "718-7")


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_have_their_check_digit(code: str) -> None:
    number, _, check = code.partition("-")
    assert is_loinc(code)
    for other in set("0123456789") - {check}:
        assert not is_loinc(f"{number}-{other}")


@pytest.mark.parametrize("text", ["", "-", "44261", "Smith-1", "44261-66", "1234567890-3", "١٢-3", "44261-٦"])
def test_other_texts_have_none(text: str) -> None:
    assert not is_loinc(text)


def test_every_code_that_is_shipped_has_its_check_digit() -> None:
    known = [one.loinc for one in all_instruments().values() if one.loinc is not None]
    assert len(known) == 2
    for loinc in known:
        assert all(is_loinc(code) for code in (loinc.total, loinc.panel or "", *loinc.items))
        assert loinc.safety is None or loinc.safety in loinc.items
