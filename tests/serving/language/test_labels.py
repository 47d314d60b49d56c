"""What a codebook says in Dutch, and what stands there where it says nothing in Dutch."""

import json
import tomllib
from pathlib import Path

import pytest

from serving import pages
from serving.language import family_description, family_label, label, level, note, unit
from serving.patient_view import patient_view
from tests.language.test_catalogues import CAUSAL, WRONG_WORDS
from tests.serving.conftest import example
from tests.serving.html_document import Document
from therapport import codebook, language
from therapport.codebook import Factor, Family
from therapport.errors import ConfigurationError
from therapport.predictor import Predictor, artifact
from therapport.simulator import measures

DUTCH = {"label_nl": "Modus", "unit_nl": "stuks", "note_nl": "Let wel.", "levels_nl": {"a": "Eén"}}
SAID = {
    "label": "Mode", "family": "delivery", "kind": "category", "known_at": "intake", "unit": "pieces",
    "note": "Mind.", "levels": {"a": "One", "b": "Two"},
}  # fmt: skip


def factor(**more: object) -> Factor:
    return Factor.model_validate_json(json.dumps({**SAID, **more}))


def told(one: Factor) -> list[str]:
    return [label(one), unit(one), note(one), level(one, "a"), level(one, "b"), level(one, "c")]


def test_a_dutch_page_shows_dutch_labels_and_falls_back_to_what_there_is() -> None:
    assert told(factor(**DUTCH)) == ["Mode", "pieces", "Mind.", "One", "Two", "c"]
    with language.using("nl"):
        assert told(factor(**DUTCH)) == ["Modus", "stuks", "Let wel.", "Eén", "Two", "c"]
        assert told(factor()) == ["Mode", "pieces", "Mind.", "One", "Two", "c"]


def test_built_in_families_are_dutch_also_in_models_from_before() -> None:
    before = Family(label="Alliance", description="Ours.")
    own = Family(label="Working bond")
    with language.using("nl"):
        assert family_label("alliance", before) == "Behandelrelatie"
        assert family_description("alliance", before) == "Ours."
        assert family_label("alliance", own) == "Working bond"
        assert family_label("elsewhere", before) == "Alliance"
        assert family_label("alliance", Family(label="Alliance", label_nl="Band")) == "Band"
    assert family_label("alliance", before) == "Alliance"


def test_every_built_in_family_has_its_dutch_name() -> None:
    for family in codebook.default_families().values():
        assert family.label_nl
        sound(family.label_nl, family.description_nl)


def sound(*said: str | None) -> None:
    for one in said:
        assert one
        assert not CAUSAL["nl"].search(one), one
        assert not WRONG_WORDS["nl"].search(one), one


@pytest.mark.parametrize("name", ["codebook.toml", "further.toml", "sessions.toml"])
def test_every_simulated_factor_has_its_dutch_words(name: str) -> None:
    known = tomllib.loads((measures.CODEBOOK.parent / name).read_text(encoding="utf-8"))["factors"]
    # A column that is there to be found out is never on a page.
    for factor in (one for column, one in known.items() if column != "progress_note"):
        sound(factor["label_nl"])
        assert ("unit" in factor) == ("unit_nl" in factor), factor["label"]
        assert factor.get("levels", {}).keys() == factor.get("levels_nl", {}).keys()


def test_the_wording_in_dutch_leaves_the_digest_as_it_is(both: Predictor) -> None:
    known = both.codebook
    plain = {name: one.model_copy(update={"label_nl": None, "levels_nl": {}}) for name, one in known.factors.items()}
    assert known.factors["alliance"].label_nl
    assert known.model_copy(update={"factors": plain}).digest() == known.digest()


def test_a_model_keeps_its_dutch_and_one_from_before_still_loads(both: Predictor, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    artifact.save(both, folder)
    assert artifact.load(folder).codebook.factors["alliance"].label_nl == both.codebook.factors["alliance"].label_nl
    bare = Factor.model_validate_json(factor().model_dump_json())
    assert "label_nl" not in factor().model_dump_json()
    assert bare.label_nl is None


def test_a_level_in_dutch_that_there_is_none_of_is_named(tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_text(
        'format = 1\nname = "a"\ntitle = "A"\nsource = "B"\nid = "id"\n\n[factors.mode]\nlabel = "Mode"\n'
        'family = "delivery"\nkind = "category"\nknown_at = "intake"\nlevels = { a = "One", b = "Two" }\n'
        'levels_nl = { a = "Eén", z = "Zes" }\n'
    )
    with pytest.raises(ConfigurationError) as raised:
        codebook.read(path)
    assert any("levels_nl: there is no such level: z" in one for one in raised.value.problems)


def test_the_patient_page_shows_the_codebook_s_dutch(both: Predictor) -> None:
    with language.using("nl"):
        page = pages.patient_page(both, patient_view(both, example(both, 1)))
    text = Document(page).text
    for name in both.factors:
        known = both.codebook.factors[name]
        assert known.label_nl is not None
        assert known.label_nl in text
        assert known.label not in text or known.label == known.label_nl
    for family in ("Cliënt", "Behandelrelatie", "Technieken", "Sociale beïnvloeding", "Actieve rol van de cliënt"):
        assert family in text
    assert "E-health zonder begeleiding" in text or "E-health met begeleiding" in text
