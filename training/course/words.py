"""What the terminal says of the expected course."""

from therapport.predictor.course import ExpectedCourse, Held


def told(course: ExpectedCourse) -> str:
    """How far it reaches, and what it held of people whom it had not met."""
    last = course.moments[-1]
    scores, people = (next((one for one in course.held if one.of == of), None) for of in ("scores", "people"))
    sentence = (
        f"Expected course of the {course.instrument} to {course.unit} {last.when}, of those still in treatment: a band "
        f"to hold {course.level:.0%} of scores, given {course.intake} alone"
    )
    if scores is not None:
        sentence += f"; of scores of people whom it had not met it held {_share(scores)}"
    if people is not None:
        sentence += f", and all scores of {_share(people)} of them"
    thirds = [one for one in course.held if one.of == "intake"]
    if thirds:
        lowest = min(thirds, key=lambda one: one.value)
        sentence += f"; in the {lowest.label} of intake scores {_share(lowest)}"
    return f"{sentence}."


def _share(one: Held) -> str:
    return f"{one.value:.0%}" + ("" if one.low is None or one.high is None else f" ({one.low:.0%} to {one.high:.0%})")
