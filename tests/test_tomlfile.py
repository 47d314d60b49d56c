from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import Field

from therapport import tomlfile
from therapport.errors import ConfigurationError
from therapport.tomlfile import Problem, Strict


class Leaf(Strict):
    number: int
    word: str = ""


class Document(Strict):
    title: str = ""
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    named: dict[str, Leaf] = Field(default_factory=dict)
    words: tuple[str, ...] = ()


def refusal(source: str | bytes) -> ConfigurationError:
    encoded = source.encode() if isinstance(source, str) else source
    with pytest.raises(ConfigurationError) as caught:
        tomlfile.parse(encoded, Document, name="some.toml")
    return caught.value


def test_a_sound_document_becomes_its_table() -> None:
    source = b'title = "T"\nwords = ["a", "b"]\n[leaf]\nnumber = 3\n[named."a.b"]\nnumber = 4\nword = "w"\n'
    expected = Document(
        title="T", leaf=Leaf(number=3), named={"a.b": Leaf(number=4, word="w")}, words=("a", "b"), leaves=()
    )
    assert tomlfile.parse(source, Document, name="some.toml") == expected


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("\n\ntitle = 3\n[leaf]\nnumber = 1\n", "line 3: title: Input should be a valid string"),
        ('title = "T"\n\nleaf.word = "w"\nleaf.number = "x"\n', "line 4: leaf.number: "),
        ('[leaf]\nnumber = 1\n\n[named."a.b"]\nword = "w"\nnumber = 1.5\n', "line 6: named.a.b.number: "),
        ("[named.'a.b']\nword = 'w'\nnumber = true\n", "line 3: named.a.b.number: "),
        ('[named."caf\\u00e9"]\nword = "w"\nnumber = "x"\n', "line 3: named.café.number: "),
        ('\nleaf = { number = "x", word = "w" }\n', "line 2: leaf.number: "),
        ('named = { a = { number = 1 }, b = { number = "x" } }\n', "line 1: named.b.number: "),
        ("[[leaves]]\nnumber = 1\n\n[[leaves]]\nword = 'w'\nnumber = 'x'\n", "line 6: leaves.1.number: "),
        ("leaves = [\n  { number = 1 },\n  { number = 'x' },\n]\n", "line 3: leaves.1.number: "),
        ("words = [\n  'a',  # a comment\n  # another\n  3,\n]\n", "line 4: words.1: Input should be a valid string"),
        ("title = 1979-05-27\nwords = [1]\n", "line 2: words.0: "),
        ('title = """\none\ntwo"""\nwords = "w"\n', "line 4: words: "),
    ],
)
def test_a_wrong_value_is_named_with_its_line(source: str, problem: str) -> None:
    (found,) = refusal(source).problems
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("title = 'T'\n\n[leaf]\nword = 'w'\n", "line 3: leaf.number: this key is missing"),
        ("title = 'T'\nleaf = { word = 'w' }\n", "line 2: leaf.number: this key is missing"),
        ("[[leaves]]\nnumber = 1\n[[leaves]]\nword = 'w'\n", "line 3: leaves.1.number: this key is missing"),
    ],
)
def test_a_missing_key_is_named_at_the_line_of_its_table(source: str, problem: str) -> None:
    assert refusal(source).problems == (problem,)


def test_a_key_that_the_whole_document_lacks_is_named_at_its_first_line() -> None:
    with pytest.raises(ConfigurationError) as caught:
        tomlfile.parse(b"\n\nword = 'w'\n", Leaf, name="some.toml")
    assert caught.value.problems == ("line 1: number: this key is missing",)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("titel = 'T'\n", "line 1: titel: unknown key; did you mean title?"),
        ("xyz = 'T'\n", "line 1: xyz: unknown key; known keys: title, leaf, leaves, named, words"),
        ("[leaf]\nnumber = 1\nnumbre = 2\n", "line 3: leaf.numbre: unknown key; did you mean number?"),
        ("[[leaves]]\nnumber = 1\nwrod = 'w'\n", "line 3: leaves.0.wrod: unknown key; did you mean word?"),
        ("[named.a]\nnumber = 1\nwrd = 'w'\n", "line 3: named.a.wrd: unknown key; did you mean word?"),
        ("leaf.number = 1\nleaf.qqq = 2\n", "line 2: leaf.qqq: unknown key; known keys: number, word"),
    ],
)
def test_an_unknown_key_is_named_with_the_one_that_was_probably_meant(source: str, problem: str) -> None:
    assert refusal(source).problems == (problem,)


def test_every_problem_of_a_document_comes_at_once() -> None:
    error = refusal("titel = 'T'\n[leaf]\nnumber = 'x'\n[[leaves]]\n[named.a]\nnumber = 1\nword = 2\n")
    assert error.summary == "some.toml: 4 problems."
    assert {problem.rsplit(":", 1)[0] for problem in error.problems} == {
        "line 1: titel",
        "line 3: leaf.number",
        "line 4: leaves.0.number",
        "line 7: named.a.word",
    }


def test_one_problem_is_counted_in_the_singular() -> None:
    assert refusal("titel = 'T'").summary == "some.toml: 1 problem."


@pytest.mark.parametrize("number", ["inf", "-inf", "nan"])
def test_a_number_that_is_not_finite_is_refused(number: str) -> None:
    class Weight(Strict):
        weight: float

    with pytest.raises(ConfigurationError):
        tomlfile.parse(f"weight = {number}\n".encode(), Weight, name="some.toml")


def test_a_syntax_error_is_named_with_its_line() -> None:
    error = refusal("title = 'T'\nwords = [\n[leaf]\n")
    assert str(error).startswith("some.toml: this is not TOML: ")
    assert "line 3" in str(error)


def test_a_key_that_stands_twice_is_named_with_its_line() -> None:
    assert "line 3" in str(refusal("title = 'a'\n\ntitle = 'b'\n"))


def test_a_document_that_is_not_utf_8_is_named_with_the_line() -> None:
    error = refusal("title = 'T'\n[leaf]\nword = 'café'\n".encode("latin-1"))
    assert str(error) == "some.toml:3: this file is not UTF-8; save it as UTF-8."


def test_a_missing_file_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"absent\.toml: cannot be read: No such file or directory\.$"):
        tomlfile.read(tmp_path / "absent.toml", Document)


def test_a_folder_in_place_of_the_file_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        tomlfile.read(tmp_path, Document)


def test_problems_of_the_check_carry_their_lines_too() -> None:
    def check(document: Document) -> Iterator[Problem]:
        empty = next(name for name, leaf in document.named.items() if not leaf.word and leaf.number == 2)
        yield Problem(("named", empty, "word"), "must not be empty")
        yield Problem(("leaves",), "at least one")

    with pytest.raises(ConfigurationError) as caught:
        tomlfile.parse(
            b"leaves = []\n[named.a]\nnumber = 1\n[named.b]\nnumber = 2\nword = ''\n",
            Document,
            name="some.toml",
            check=check,
        )
    assert caught.value.problems == (
        "line 6: named.b.word: must not be empty",
        "line 1: leaves: at least one",
    )


def test_a_table_never_changes_afterwards() -> None:
    leaf = Leaf(number=1)
    with pytest.raises(ValueError, match="frozen"):
        leaf.number = 2  # type: ignore[misc]
