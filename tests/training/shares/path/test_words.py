"""What is said of a path: which part is carried, what is not shown, and what is drawn where."""

import pytest

from therapport.predictor.evidence import Figure
from training.shares.path import diagram, words
from training.shares.path.results import Arrow, Beginning, Door, Path


def figure(value: float, half: float = 0.02) -> Figure:
    return Figure(value=value, low=value - half, high=value + half)


def path(total: float, direct: float, *, product: float = 0.0) -> Path:
    mediated = figure(total - direct)
    return Path(
        stages={"first": ("alliance",), "resistance": ("resistance",), "technique": ("adherence",)},
        stated=True,
        labels={"alliance": "Alliance", "resistance": "Resistance, observed", "adherence": "Adherence"},
        background=("Severity",),
        spread=6.0,
        groups=40,
        draws=300,
        arrows=(
            Arrow(source="alliance", target="resistance", figure=figure(-0.3)),
            Arrow(source="alliance", target="adherence", figure=figure(0.01)),
            Arrow(source="alliance", target="outcome", figure=figure(direct)),
            Arrow(source="resistance", target="outcome", figure=figure(0.2)),
            Arrow(source="adherence", target="outcome", figure=figure(-0.1)),
        ),
        beginnings=(
            Beginning(
                factor="alliance",
                family="alliance",
                total=figure(total),
                direct=figure(direct),
                mediated=mediated,
                through={"resistance": mediated, "technique": figure(0.0)},
                chain=figure(0.0),
                e_value=1.3,
                e_value_limit=1.1,
            ),
        ),
        rho={"resistance": figure(0.2), "technique": figure(0.1)},
        doors=(Door(technique="adherence", resistance="resistance", figure=figure(product)),),
    )


@pytest.mark.parametrize(
    ("total", "direct", "said"),
    [
        (-0.15, -0.10, "carry part of it"),
        (-0.15, -0.05, "carry most of it"),
        (-0.15, 0.00, "carry all of it"),
        (-0.15, 0.05, "carry more than all of it"),
        (-0.15, -0.15, "That any of it is carried by later stages is not shown"),
        (-0.15, -0.20, "points the other way"),
        (0.00, 0.00, "nothing to divide"),
    ],
)
def test_how_much_later_stages_carry_is_said_as_it_is(total: float, direct: float, said: str) -> None:
    told = " ".join(words.told(path(total, direct), unit="points"))
    assert said in told
    assert "effect" not in told
    assert "because" not in told
    if total:
        assert "−15.0 (−17.0 to −13.0)" in told
        assert "(−0.9 points)" in told


def test_technique_that_depends_on_resistance_is_told_on_both_sides_of_its_mean() -> None:
    told = " ".join(words.told(path(-0.15, -0.05, product=0.08), unit="points"))
    assert "it is −18.0 where resistance is a standard deviation below" in told
    assert "−2.0 where it is one above" in told
    assert "is not shown" in " ".join(words.told(path(-0.15, -0.05), unit="points"))
    assert "residual correlation of .20 (.18 to .22)" in " ".join(words.robust(path(-0.15, -0.05)))


def test_labels_of_the_diagram_stand_on_no_box_and_on_no_other_label() -> None:
    drawn = diagram.diagram(path(-0.15, -0.05), "Outcome", {})
    assert len(drawn.boxes) == 4
    assert [curve.clear for curve in drawn.curves] == [True, False, True, True, True]
    rooms = [diagram.room(curve.x, curve.y) for curve in drawn.curves if curve.clear]
    rooms += [(box.x, box.y, box.x + diagram.BOX, box.y + diagram.TALL) for box in drawn.boxes]
    for place, one in enumerate(rooms):
        assert not diagram.meets(one, rooms[:place])
    assert {curve.below for curve in drawn.curves if curve.clear and curve.label.startswith("−")} == {True}
