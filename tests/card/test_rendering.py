"""The card as a page and as text: whole, alone, nobody's data; and its formula gives the model's own answers."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.serving.html_document import Document
from tests.studies import CANARY, CANARY_VALUES, Made
from therapport import card as cards
from therapport import predictor as predictors
from therapport.card import Table, tables
from therapport.predictor import Predictor
from therapport.predictor.described import MISSING


@pytest.fixture
def rendered(predictor: Predictor) -> tuple[str, str]:
    made = cards.card(predictor)
    return cards.page(made), cards.markdown(made)


def test_nothing_of_a_patient_therapist_or_site_is_in_it(rendered: tuple[str, str]) -> None:
    for text in rendered:
        assert CANARY not in text
        for value in CANARY_VALUES.values():
            assert str(value) not in text


def test_the_page_needs_no_script_no_file_and_no_host(rendered: tuple[str, str]) -> None:
    page, _ = rendered
    assert "<script" not in page
    assert "http" not in page
    assert not re.findall(r'(?:src|href)="(?!#|data:,)', page)
    assert "url(" not in page
    assert "@media print" in page


def test_it_says_that_the_cohort_is_simulated_and_whose_card_it_is(
    predictor: Predictor, rendered: tuple[str, str]
) -> None:
    for text in rendered:
        assert "Simulated: nobody in this cohort exists" in text
        assert predictor.version in text
    codebook = predictor.codebook.model_copy(update={"simulated": False})
    assert "nobody in this cohort exists" not in cards.page(cards.card(replace(predictor, codebook=codebook)))


def test_every_heading_is_linked_and_every_row_is_as_wide_as_its_head(compared: Made) -> None:
    made = cards.card(compared.predictor)
    document = Document(cards.page(made))
    ids = {one.attributes["id"] for tag in ("h2", "div", "main") for one in document.all(tag) if "id" in one.attributes}
    links = [one.attributes["href"] for one in document.all("a")]
    assert len(links) == len(made.sections) + 2
    assert all(link.removeprefix("#") in ids for link in links)
    for section in made.sections:
        for table in section.tables:
            for _, rows in table.groups:
                assert {len(row) for row in rows} <= {len(table.head)}, table.caption


def test_sections_are_those_of_mitchell(predictor: Predictor) -> None:
    titles = [section.title for section in cards.card(predictor).sections]
    assert titles[:9] == [
        "Model details",
        "Intended use",
        "Factors",
        "Metrics",
        "Evaluation data",
        "Training data",
        "Quantitative analyses",
        "Ethical considerations",
        "Caveats and recommendations",
    ]


def test_small_counts_show_in_no_table(compared: Made) -> None:
    table_one, missing = tables.table_one(compared.predictor)[0], tables.missing(compared.predictor)
    assert any("–" in row for _, rows in table_one.groups for row in rows), "the canary cohort has small cells"
    for table in (table_one, *missing):
        for cell in cells(table):
            count = re.match(r"(\d[\d,]*)(?: \(| or a few)", cell)
            assert count is None or "%" not in cell or int(count[1].replace(",", "")) in {0, *range(10, 400)}
    described = compared.predictor.evidence.table_one
    assert described is not None
    for one in described.factors:
        assert not [count for counts in one.counts.values() for count in counts if count and count < 10]
    assert any(None in one.counts[MISSING] for one in described.factors)


def cells(table: Table) -> Iterator[str]:
    for _, rows in table.groups:
        for row in rows:
            yield from row[1:]


def test_the_formula_of_the_card_gives_what_the_model_answers(linear_study: Made) -> None:
    predictor = linear_study.predictor
    asked = predictors.prototypes(predictor)
    answers = predictor.answer(asked)
    formulas = [table for section in cards.card(predictor).sections for table in section.tables
                if table.caption.startswith("Formula")]  # fmt: skip
    assert len(formulas) == 2
    for table, column in zip(formulas, ("log_odds", "end_score"), strict=True):
        intercept, slope = map(float, re.findall(r"Score = (\S+) \+ (\S+) × own score", table.note)[0])
        for place in range(len(answers)):
            row = asked.table.iloc[place]
            own = 0.0
            for term, fill, subtract, divide, coefficient in table.groups[0][1]:
                if term == "Intercept":
                    own += float(coefficient)
                    continue
                value = value_of(predictor, row, term, fill)
                own += float(coefficient) * (value - float(subtract)) / float(divide)
            assert intercept + slope * own == pytest.approx(answers[column].iloc[place], abs=1e-3)


def value_of(predictor: Predictor, row: object, term: str, fill: str) -> float:
    """What a reader of the card would put in for a term."""
    for name in predictor.factors:
        factor = predictor.codebook.factors[name]
        known = row[name]  # type: ignore[index]
        gone = known is None or known != known  # noqa: PLR0124 - NaN
        if term == factor.label:
            return float(fill) if gone else float(known)
        if term == f"{factor.label}: missing":
            return float(gone)
        for code, label in factor.levels.items():
            if term == f"{factor.label}: {label}":
                return float(not gone and known == code)
    raise AssertionError(term)


def test_trees_are_said_to_stand_in_the_folder(tree_study: Made) -> None:
    assert "Trees are too many for a table" in cards.markdown(cards.card(tree_study.predictor))


def test_text_of_others_does_no_harm(predictor: Predictor) -> None:
    title = "A | B <b>*bold*</b> `code` [link](x)"
    evidence = predictor.evidence.model_copy(update={"title": title})
    made = cards.card(replace(predictor, evidence=evidence))
    assert "<b>" not in cards.page(made)
    assert "<b>" not in cards.markdown(made)
    assert "[link](x)" not in cards.markdown(made)


def test_the_learning_curve_is_told_where_there_is_one(compared: Made) -> None:
    assert "No learning curve was asked for" in cards.markdown(cards.card(compared.predictor))
    assert tables.learning(compared.predictor) == ()


def test_missing_shares_of_a_few_are_not_told(compared: Made) -> None:
    report = compared.predictor.evidence.missing
    assert report is not None
    few = {**report.factors, "alliance": report.factors["alliance"].model_copy(update={"share": 5 / 397})}
    evidence = compared.predictor.evidence.model_copy(update={"missing": report.model_copy(update={"factors": few})})
    table, _ = tables.missing(replace(compared.predictor, evidence=evidence))
    label = compared.predictor.codebook.factors["alliance"].label
    (row,) = (row for _, rows in table.groups for row in rows if row[0] == label)
    assert row[1] == "fewer than 10"
