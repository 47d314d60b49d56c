import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import codebooks
from therapport import codebook
from therapport.codebook import Landmark
from therapport.errors import ConfigurationError


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        codebook.parse(text.encode(), name="codebook.toml")
    return caught.value.problems


def changed(old: str, new: str) -> str:
    assert codebooks.TEXT.count(old) == 1, old
    return codebooks.TEXT.replace(old, new)


def line_of(text: str, line: str) -> int:
    return text.splitlines().index(line) + 1


def test_an_unknown_family_is_named_with_the_known_ones() -> None:
    wrong = 'family = "tecnique"'
    text = changed('family = "technique"', wrong)
    assert problems_of(text) == (
        f"line {line_of(text, wrong)}: factors.trained.family: unknown family; known: patient, "
        "early_change, alliance, technique, social_influence, active_role, delivery",
    )


def test_an_unknown_instrument_is_named_for_factors_and_measures() -> None:
    text = codebooks.TEXT.replace('instrument = "phq9"', 'instrument = "phq-9"')
    factor, measure = problems_of(text)
    first = line_of(text, 'instrument = "phq-9"')
    assert factor.startswith(f"line {first}: factors.severity.instrument: unknown instrument; known: phq9, ")
    assert measure.startswith(f"line {len(text.splitlines())}: measures.end.instrument: unknown instrument")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("range = [1, 5]\n", "", "factors.alliance: a factor of kind number needs a range"),
        ("range = [0, 480]\n", "", "factors.months: a factor of kind integer needs a range"),
        ("range = [0, 480]", "range = [480, 0]", "factors.months.range: the lowest value must be below the highest"),
        ("range = [0, 480]", "range = [5, 5]", "factors.months.range: the lowest value must be below the highest"),
        (
            'kind = "boolean"\n',
            'kind = "boolean"\nrange = [0, 1]\n',
            "factors.trained.range: a factor of kind boolean has no range",
        ),
        (
            'levels = { face = "Face to face", blended = "Blended", online = "Online" }',
            'levels = { face = "Face to face" }',
            "factors.mode: a factor of kind category needs levels",
        ),
        (
            'kind = "boolean"\n',
            "kind = \"boolean\"\nlevels = { a = 'A', b = 'B' }\n",
            "factors.trained.levels: a factor of kind boolean has no levels",
        ),
        ('known_at = "session3"', 'known_at = "end"', "factors.alliance.known_at: a factor known only at the end is"),
        ('known_at = "session3"', 'known_at = "session2"', "factors.alliance.known_at: Input should be 'intake'"),
        ("[groups]\n", "[families.odd]\nlabel = 'Odd'\n[groups]\n", "families.odd: a family without factors"),
        ('id = "patient_id"', 'id = "patient_id"\nignored = ["end"]', "ignored.0: the column end is ignored, but"),
        ("[groups]\n", "[groups]\nsite = 'therapist_id'\n", "groups.therapist: the column therapist_id is"),
        ('therapist = "therapist_id"', 'therapist = "patient_id"', "groups.therapist: the column patient_id is"),
        ('name = "mixed"', 'name = "Mixed Up"', "name: String should match pattern"),
        ("format = 1", "format = 2", "format: Input should be 1"),
    ],
)
def test_what_a_codebook_may_not_say(old: str, new: str, problem: str) -> None:
    assert any(problem in found for found in problems_of(changed(old, new)))


def test_an_outcome_among_the_factors_is_refused() -> None:
    text = changed("[measures.end]", "[measures.severity]")
    assert problems_of(text) == (
        f"line {line_of(text, '[factors.severity]')}: factors.severity: "
        "the column severity is a factor, but it is also a measure of the outcome",
    )


def test_every_problem_of_a_codebook_comes_at_once() -> None:
    text = changed("range = [1, 5]\n", "").replace('family = "technique"', 'family = "x"').replace("[0, 480]", "[9, 2]")
    assert [problem.split(": ")[1] for problem in problems_of(text)] == [
        "factors.months.range",
        "factors.alliance",
        "factors.trained.family",
    ]


def test_more_families_than_can_be_enumerated_are_refused() -> None:
    families = "".join(f"[families.f{place}]\nlabel = 'F'\n" for place in range(11))
    factors = "".join(
        f"[factors.x{place}]\nlabel='X'\nfamily='f{place}'\nkind='boolean'\nknown_at='intake'\n" for place in range(11)
    )
    head = "format = 1\nname = 'many'\ntitle = 'T'\nsource = 'S'\nid = 'i'\n"
    (problem,) = problems_of(head + families + factors)
    assert "11 families; at most 10" in problem


def test_a_codebook_without_families_gets_those_of_the_project() -> None:
    assert list(codebooks.mixed().families) == [
        "patient",
        "early_change",
        "alliance",
        "technique",
        "social_influence",
        "active_role",
        "delivery",
    ]


def test_a_codebook_with_families_of_its_own_keeps_them() -> None:
    text = codebooks.TEXT
    for name in ("patient", "alliance", "technique", "delivery"):
        text = text.replace(f'family = "{name}"', 'family = "all"')
    parsed = codebook.parse((text + "[families.all]\nlabel = 'All'\n").encode(), name="codebook.toml")
    assert list(parsed.families) == ["all"]
    assert parsed.families_of(codebooks.FACTORS) == {"all": codebooks.FACTORS}


def test_families_are_listed_in_order_and_only_where_they_have_factors() -> None:
    assert codebooks.mixed().families_of(("mode", "months", "severity")) == {
        "patient": ("months", "severity"),
        "delivery": ("mode",),
    }


def test_landmarks_come_in_the_order_of_treatment() -> None:
    order = [Landmark(name) for name in ("intake", "session1", "session3", "session5", "week4", "end")]
    for place, moment in enumerate(order):
        assert [moment.is_known_by(other) for other in order] == [other >= place for other in range(6)]


def test_a_landmark_leaves_out_what_is_known_later() -> None:
    assert codebooks.mixed().factors_known_at(Landmark.SESSION_1) == ("severity", "months", "trained", "mode")
    assert codebooks.mixed().factors_known_at(Landmark.SESSION_3) == codebooks.FACTORS


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("range = [1, 5]", "range = [1, 7]"),
        lambda text: text.replace('online = "Online"', 'video = "Online"'),
        lambda text: text.replace('family = "technique"', 'family = "alliance"'),
        lambda text: text.replace('known_at = "session3"', 'known_at = "session5"'),
        lambda text: text.replace("required = true", "required = false"),
        lambda text: text.replace('instrument = "phq9"', 'instrument = "gad7"'),
        lambda text: text.replace('therapist = "therapist_id"', 'site = "therapist_id"'),
        lambda text: text.replace("[factors.months]", "[factors.weeks]"),
    ],
)
def test_the_digest_changes_with_the_meaning_of_a_column(change: Callable[[str], str]) -> None:
    other = codebook.parse(change(codebooks.TEXT).encode(), name="codebook.toml")
    assert other.digest() != codebooks.mixed().digest()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "# A comment.\n\n" + text,
        lambda text: text.replace("[0, 27]", "[ 0,  27.0 ]"),
        lambda text: text.replace('[groups]\ntherapist = "therapist_id"', 'groups.therapist = "therapist_id"'),
        lambda text: text.replace('"', "'"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("[factors.trained]", "modifiable = false\n[factors.trained]"),
        lambda text: text.replace("[factors.months]", '[factors.months]\nnote = "Counted by the therapist."'),
        lambda text: re.sub(r'(\[factors\.months\]\s+)label = "[^"]*"', r'\1label = "A better label"', text),
        lambda text: re.sub(r'title = "[^"]*"', 'title = "Another title"', text),
    ],
)
def test_the_digest_does_not_change_with_the_way_it_is_written(change: Callable[[str], str]) -> None:
    assert change(codebooks.TEXT) != codebooks.TEXT
    other = codebook.parse(change(codebooks.TEXT).encode(), name="other.toml")
    assert other.digest() == codebooks.mixed().digest()


def test_a_codebook_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "codebook.toml").write_text(codebooks.TEXT)
    assert codebook.read(tmp_path / "codebook.toml") == codebooks.mixed()
    assert codebooks.mixed().columns() == {"patient_id", "therapist_id", "end", *codebooks.FACTORS}


DIGEST = "87ce367c2ce28800"
AUDIT = """
[audit.gender]
label = "Gender"
levels = { w = "Woman", m = "Man" }

[audit.age]
label = "Age"
kind = "integer"
range = [18, 100]
cuts = [40, 65]
"""


def test_attributes_for_audit_are_columns_but_never_factors() -> None:
    book = codebook.parse((codebooks.TEXT + AUDIT).encode(), name="codebook.toml")
    assert {"gender", "age"} <= book.columns()
    assert not {"gender", "age"} & {*book.factors_known_at(Landmark.WEEK_4)}
    assert book.audit["gender"].kind == "category"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[audit.gender]", "[audit.mode]", "the column mode is an attribute for audit, but it is also a factor"),
        ("[audit.gender]", "[audit.end]", "is an attribute for audit, but it is also a measure of the outcome"),
        ("range = [18, 100]\n", "", "audit.age: an attribute for audit of kind integer needs a range"),
        ("[40, 65]", "[65, 40]", "audit.age.cuts: each band must begin above the one before it"),
        ("[40, 65]", "[18, 65]", "audit.age.cuts: bands after the first begin above 18, and at 100 at most"),
        ('w = "Woman", ', "", "audit.gender: an attribute for audit of kind category needs levels"),
        ('m = "Man" }\n', 'm = "Man" }\ncuts = [1]\n', "audit.gender.cuts: an attribute of kind category has no cuts"),
        ('label = "Gender"\n', 'label = "Gender"\nfamily = "patient"\n', "audit.gender.family: unknown key"),
    ],
)
def test_what_an_attribute_for_audit_may_not_be(old: str, new: str, problem: str) -> None:
    assert AUDIT.count(old) == 1
    assert problem in str(problems_of(codebooks.TEXT + AUDIT.replace(old, new)))


def test_a_codebook_without_attributes_keeps_its_digest() -> None:
    plain = codebook.parse(codebooks.TEXT.encode(), name="codebook.toml")
    audited = codebook.parse((codebooks.TEXT + AUDIT).encode(), name="codebook.toml")
    relabelled = codebook.parse((codebooks.TEXT + AUDIT.replace('"Gender"', '"Sex"')).encode(), name="codebook.toml")
    assert plain.digest() != audited.digest() == relabelled.digest()
    # Of the codebook as it was before there were attributes for audit.
    assert plain.digest() == DIGEST
