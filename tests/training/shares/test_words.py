"""What the report says and draws."""

import pytest

from therapport.predictor.evidence import Figure
from training.shares import drawing, words
from training.shares.results import FamilyShare, ModelShares, Partition, Shares, Together


def figure(value: float, half: float = 0.01) -> Figure:
    return Figure(value=value, low=value - half, high=value + half)


def family(share: float, unique: float) -> FamilyShare:
    return FamilyShare(
        share=figure(share), unique=figure(unique), shared=figure(share - unique), alone=figure(2 * share - unique)
    )


def model(*, total: float = 0.3, together: tuple[Together, ...] = ()) -> ModelShares:
    families = {"patient": family(0.2, 0.19), "alliance": family(0.095, 0.01), "technique": family(0.005, 0.0)}
    partition = Partition(measure="r2", total=figure(total), families=families, overlaps=(), widened=1.0)
    return ModelShares(model="linear", label="Linear model", about="", partitions=(partition,), together=together)


def found() -> Shares:
    names = ("patient", "alliance", "technique")
    return Shares(
        study="s",
        title="S",
        simulated=True,
        landmark="session3",
        group="therapist",
        groups=20,
        folds=5,
        repeats=2,
        draws=100,
        straddling=0,
        cohort_digest="c",
        codebook_digest="d",
        families={name: name.capitalize() for name in names},
        colours={name: place for place, name in enumerate(names)},
        outcomes=(),
    )


def pair(one: str, other: str, gain: float, adjusted: float) -> Together:
    stated = {one, other} == {"alliance", "technique"}
    return Together(one=one, other=other, gain=figure(gain), p_value=adjusted, adjusted=adjusted, prestated=stated)


def test_figures_are_hundredths_with_a_true_minus_sign_and_no_minus_zero() -> None:
    assert [words.amount(value) for value in (0.0451, -0.012, -0.0001)] == ["4.5", "−1.2", "0.0"]
    assert words.whole(figure(0.045, 0.014)) == "4.5 (3.1 to 5.9)"
    assert words.whole(Figure(value=0.045)) == "4.5 (–)"


def test_the_sentences_tell_the_whole_the_alliance_and_what_cannot_be_told_from_zero() -> None:
    told = words.told(found(), model())
    assert told == (
        "The linear model explains 30.0 % of the differences in end score between patients whom it had not met "
        "(29.0 to 31.0 %).",
        "The family with the largest share is patient: 20.0 (19.0 to 21.0). Alliance: 9.5 (8.5 to 10.5), of which 1.0 "
        "(0.0 to 2.0) is unique and 8.5 (7.5 to 9.5) shared with others.",
        "Cannot be told from zero: Technique.",
    )


def test_where_nothing_is_explained_no_share_is_named() -> None:
    told = words.told(found(), model(total=0.005))
    assert told[-1] == "That cannot be told from nothing, so that shares of it mean little."


def test_alliance_and_technique_are_named_whatever_was_found() -> None:
    not_shown = words.told(found(), model(together=(pair("alliance", "technique", 0.001, 0.4),)))
    assert "That alliance and technique act together is not shown (p = .400)." in not_shown
    both = words.told(
        found(),
        model(together=(pair("alliance", "technique", 0.01, 0.001), pair("patient", "technique", 0.03, 0.0001))),
    )
    assert both[-3].startswith("Of all pairs of families, patient and technique gain most: allowing it gains 3.0")
    assert both[-2].startswith("Alliance and technique act together")
    assert "that of the other pair" in both[-1]


@pytest.mark.parametrize(
    ("landmark", "told"), [("intake", "at intake"), ("session3", "at session 3"), ("week4", "at week 4")]
)
def test_a_landmark_is_told_in_words(landmark: str, told: str) -> None:
    assert words.moment(landmark) == told


def test_an_axis_holds_zero_and_every_value() -> None:
    axis = drawing.axis([0.02, 0.1, None])
    assert axis.low == 0
    assert 0 < axis.place(0.02) < axis.place(0.1) < 100
    assert [label for _, label in axis.ticks] == ["0", "2", "4", "6", "8", "10"]
    negative = drawing.axis([-0.02, 0.1])
    bar = drawing.bar(negative, -0.02)
    assert bar.place + bar.width == pytest.approx(negative.place(0.0))
