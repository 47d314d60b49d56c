"""What families do together: every cell and every sentence against the library's own matrices."""

import re
from dataclasses import replace
from itertools import combinations
from math import exp

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t

from serving import family_matrix, family_words, pages, reading, report
from serving.family_matrix import Together
from serving.patient_view import patient_view
from serving.reading import Reading
from tests.serving.conftest import example
from tests.serving.html_document import Document
from tests.serving.test_pages import colours, contrast
from therapport.cohort import Cohort
from therapport.predictor import Predictor

FloatArray = NDArray[np.float64]


def readings(made: Predictor) -> list[Reading]:
    return [reading.of_kind(made, one.kind) for one in made.evidence.comparisons]


def number(text: str) -> float:
    return float(text.strip("()").replace("−", "-"))


def matrix_of(read: Reading, cohort: Cohort) -> FloatArray:
    _, matrices = read.model.families.interactions(read.predictor.matrix(cohort.table))
    one: FloatArray = matrices[0]
    return one


def deviations(read: Reading, cohort: Cohort) -> FloatArray:
    assert read.model.refits is not None
    factors = read.predictor.matrix(cohort.table)
    each = np.array([one.interactions(factors)[1][0] for one in read.model.refits.explainers])
    spread: FloatArray = np.sqrt(((each - each.mean(axis=0)) ** 2).sum(axis=0) / (len(each) - 1))
    return spread


def known(read: Reading, cohort: Cohort) -> Together:
    together = family_matrix.of_patient(read, cohort)
    assert together is not None
    return together


@pytest.fixture(params=["interacting", "trees"])
def of_trees(request: pytest.FixtureRequest) -> Predictor:
    made: Predictor = request.getfixturevalue(request.param)
    return made


@pytest.mark.parametrize("place", [0, 1])
def test_every_cell_is_that_of_the_models_own_matrix_and_rows_add_up(of_trees: Predictor, place: int) -> None:
    cohort = example(of_trees, place)
    answer = of_trees.answer(cohort).iloc[0]
    for read in readings(of_trees):
        matrix, own = known(read, cohort).matrix, matrix_of(read, cohort)
        assert matrix is not None
        columns = "log_odds" if read.kind == "binary" else "score_contribution"
        for row, family in enumerate(of_trees.families):
            assert matrix.rows[row].label == of_trees.codebook.families[family].label
            assert [number(cell.text) for cell in matrix.rows[row].cells] == pytest.approx(own[row], abs=0.00501)
            assert number(matrix.rows[row].total) == pytest.approx(answer[f"{columns}_{family}"], abs=0.00501)
            assert own[row].sum() == pytest.approx(answer[f"{columns}_{family}"], abs=1e-5)


def test_brackets_stand_around_what_refits_cannot_tell_from_zero(interacting: Predictor) -> None:
    marks = set()
    for place in (0, 1):
        cohort = example(interacting, place)
        for read in readings(interacting):
            matrix = known(read, cohort).matrix
            assert matrix is not None
            unclear = np.abs(matrix_of(read, cohort)) <= t.ppf(0.975, 19) * deviations(read, cohort)
            shown = np.array([[cell.text.startswith("(") for cell in row.cells] for row in matrix.rows])
            assert (shown == unclear).all()
            marks |= set(shown.ravel().tolist())
            assert not [cell for row in matrix.rows for cell in row.cells if cell.shade and cell.text.startswith("(")]
    assert marks == {True, False}


def test_a_shade_says_how_large_a_cell_is_and_its_sign_stands_in_the_figure(interacting: Predictor) -> None:
    for read in readings(interacting):
        cohort = example(interacting, 1)
        matrix, own = known(read, cohort).matrix, matrix_of(read, cohort)
        assert matrix is not None
        shaded = []
        for row, one in enumerate(matrix.rows):
            assert one.cells[row].shade == ""
            for column, cell in enumerate(one.cells):
                if cell.shade:
                    assert cell.shade.startswith("up" if own[row, column] > 0 else "down")
                    assert cell.text[0] == ("+" if own[row, column] > 0 else "−")
                    shaded.append((abs(own[row, column]), int(cell.shade[-1])))
        steps = [step for _, step in sorted(shaded)]
        assert steps == sorted(steps)
        assert steps[-1] == 5


def test_the_pair_that_was_planted_is_the_one_that_is_named(interacting: Predictor) -> None:
    cohort = example(interacting, 1)
    alliance, technique = (list(interacting.families).index(one) for one in ("alliance", "technique"))
    points = 2 * matrix_of(reading.of_end_score(interacting), cohort)[alliance, technique]
    told = f"a score {abs(points):.1f} points {'higher' if points > 0 else 'lower'}"
    view = patient_view(interacting, cohort)
    assert view.chances is not None
    assert view.end_score is not None
    named = view.end_score.rests_on.together
    assert named is not None
    assert named.pair == family_words.pair_counts("Alliance", "Technique", told)
    # On the chance: the mean of coming first after the reference and of coming last before the total.
    answer = interacting.answer(cohort).iloc[0]
    part = 2 * matrix_of(reading.of_response(interacting), cohort)[alliance, technique]
    reference, total = answer["log_odds_reference"], answer["log_odds"]
    chance = {at: 1 / (1 + exp(-at)) for at in (reference, reference + part, total - part, total)}
    people = 50 * (chance[reference + part] - chance[reference] + chance[total] - chance[total - part])
    named = view.chances.rests_on.together
    assert named is not None
    moved = f"{abs(people):.0f} {'more' if people > 0 else 'fewer'} people of 100"
    assert named.pair == family_words.pair_counts("Alliance", "Technique", moved)
    text = Document(pages.patient_page(interacting, view)).text
    assert named.pair in text


@pytest.mark.parametrize("place", [0, 1])
def test_only_a_pair_that_stands_out_is_named_and_the_debated_one_is_always_told(
    of_trees: Predictor, place: int
) -> None:
    cohort = example(of_trees, place)
    labels = [of_trees.codebook.families[family].label for family in of_trees.families]
    for read in readings(of_trees):
        together, own, deviation = known(read, cohort), matrix_of(read, cohort), deviations(read, cohort)
        assert re.search("Alliance and Technique (also count )?together", " ".join([together.pair, *together.further]))
        # The largest of fifteen is held against the quantile of one in fifteen.
        wanted = t.ppf(1 - 0.025 / 15, 19)
        clear = [pair for pair in combinations(range(6), 2) if abs(own[pair]) > wanted * deviation[pair]]
        if together.pair:
            assert [labels[one] for pair in clear for one in pair if labels[one] in together.pair]
        else:
            assert together.further[0] == family_words.NO_PAIR_STANDS_OUT
            explained = read.model.families.explain(of_trees.matrix(cohort.table))
            ends = float(explained.reference[0]), float(explained.total[0])
            assert all(abs(read.part(2 * own[pair], *ends)) < read.hardly for pair in clear)


def test_a_part_moves_what_is_shown_less_where_the_chance_is_near_its_end(interacting: Predictor) -> None:
    read = reading.of_response(interacting)
    assert read.part(1.0, 0.0, 1.0) == pytest.approx(1 / (1 + exp(-1)) - 0.5)
    assert read.part(1.0, 4.0, 5.0) < read.part(1.0, 0.0, 1.0)
    assert read.part(0.0, -1.0, 2.0) == 0
    assert reading.of_end_score(interacting).part(1.5, 0.0, 20.0) == 1.5


def test_a_model_without_refits_says_that_nobody_knows_how_sure_pairs_are(interacting: Predictor) -> None:
    assert interacting.end_score is not None
    bare = replace(interacting, end_score=replace(interacting.end_score, refits=None))
    view = patient_view(bare, example(bare, 1))
    assert view.end_score is not None
    together = view.end_score.rests_on.together
    assert together is not None
    assert not together.sure
    assert together.matrix is not None
    assert not [cell for row in together.matrix.rows for cell in row.cells if cell.text.startswith("(")]
    text = Document(pages.patient_page(bare, view)).text
    assert "How sure the model is of them has not been estimated." in text


def test_a_linear_model_adds_its_families_up_and_says_so(both: Predictor) -> None:
    view = patient_view(both, example(both, 1))
    for part in (view.chances, view.end_score):
        assert part is not None
        assert part.rests_on.together == Together(family_words.ADDS_UP, (), None, sure=True)
    for page in (pages.patient_page(both, view), report.render(both)):
        document = Document(page)
        assert document.text.count(family_words.ADDS_UP) == 2
        assert "What families do together" not in document.text
        assert not [one for one in document.all("table") if one.attributes.get("class") == "matrix"]


def test_a_model_of_one_family_has_no_pairs_to_speak_of(severity_alone: Predictor, same_for_all: Predictor) -> None:
    for made in (severity_alone, same_for_all):
        for read in readings(made):
            assert family_matrix.of_patient(read, example(made)) is None
            assert family_matrix.of_cohort(read) is None
        assert family_words.ADDS_UP not in Document(report.render(made)).text


def test_the_matrix_of_a_patient_is_folded_away_and_can_be_reached_by_keyboard(interacting: Predictor) -> None:
    document = Document(pages.patient_page(interacting, patient_view(interacting, example(interacting, 1))))
    tables = [one for one in document.all("table") if one.attributes.get("class") == "matrix"]
    assert len(tables) == 2
    for table in tables:
        assert "details" in table.parents
    folds = [one for one in document.all("details") if one.text.startswith("What families do together")]
    assert len(folds) == 2
    assert not [one for one in folds if "open" in one.attributes]
    regions = [one for one in document.all("div") if one.attributes.get("role") == "region"]
    assert all(one.attributes["tabindex"] == "0" and one.attributes["aria-label"] for one in regions)
    for table in tables:
        inside = [
            one for one in document.elements if one.parents[-1:] == ("tr",) and one.text and one.text in table.text
        ]
        assert {"row", "col"} <= {one.attributes.get("scope", "") for one in inside}


def test_the_matrix_of_the_cohort_holds_the_figures_of_the_evidence(interacting: Predictor) -> None:
    text = Document(report.render(interacting))
    cells = [one.text for one in text.all("td")]
    for comparison in interacting.evidence.comparisons:
        together = family_matrix.of_cohort(reading.of_kind(interacting, comparison.kind))
        assert together is not None
        assert together.matrix is not None
        for one, row in zip(interacting.families, together.matrix.rows, strict=True):
            for other, cell in zip(interacting.families, row.cells, strict=True):
                known_of = comparison.interactions[one][other]
                assert number(cell.text) == pytest.approx(known_of.mean_absolute, abs=0.00501)
                assert number(cell.note) == pytest.approx(known_of.mean, abs=0.00501)
                assert f"{cell.text}{cell.note}" in cells
            mean = sum(cell.mean for cell in comparison.interactions[one].values())
            assert number(row.total) == pytest.approx(mean, abs=0.00501)


def test_the_pair_of_the_cohort_is_the_one_that_was_planted_with_its_size(interacting: Predictor) -> None:
    text = Document(report.render(interacting)).text
    for comparison in interacting.evidence.comparisons:
        size = 2 * comparison.interactions["alliance"]["technique"].mean_absolute
        unit = "log-odds" if comparison.kind == "binary" else "points"
        assert f"Alliance and Technique together moved predictions by {size:.2f} {unit} on average" in text
        if comparison.kind == "binary":
            assert f"At even chances that is about {100 / (1 + exp(-size)) - 50:.0f} of 100 people." in text


def test_the_debated_pair_is_told_where_another_is_larger(trees: Predictor) -> None:
    (comparison,) = trees.evidence.comparisons
    larger = comparison.interactions["patient"]["alliance"].model_copy(update={"mean_absolute": 9.0})
    changed = {one: dict(row) for one, row in comparison.interactions.items()}
    changed["patient"]["alliance"] = changed["alliance"]["patient"] = larger
    evidence = trees.evidence.model_copy(
        update={"comparisons": (comparison.model_copy(update={"interactions": changed}),)}
    )
    together = family_matrix.of_cohort(reading.of_response(replace(trees, evidence=evidence)))
    assert together is not None
    assert together.pair.startswith("Patient and Alliance together moved predictions by 18.00 log-odds")
    assert [one.split(" together")[0] for one in together.further] == ["Alliance and Technique"]


def test_text_stands_out_from_every_shade() -> None:
    shades = re.findall(
        r"\.(?:up|down)\d \{ background: color-mix\(in srgb, var\(--(\w+)\) (\d+)%, var\(--card\)\)", pages.STYLE
    )
    assert len(shades) == 10
    assert ".matrix .span { color: inherit; }" in pages.STYLE
    for scheme in re.findall(r":root \{(.*?)\}", pages.STYLE, flags=re.DOTALL):
        named = colours(scheme)
        for colour, share in shades:
            part = int(share) / 100
            channels = [[int(named[one][at : at + 2], 16) for at in (1, 3, 5)] for one in (colour, "card")]
            mixed = "#" + "".join(
                f"{round(part * own + (1 - part) * card):02x}" for own, card in zip(*channels, strict=True)
            )
            assert contrast(named["ink"], mixed) >= 4.5, (colour, share)
