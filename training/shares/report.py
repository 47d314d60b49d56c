"""The report: one self-contained HTML file, a section for each question of the debate.

A further question adds its module, a field of `results.Shares`, a `Section` here and a template of the same name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from therapport import __version__
from training.shares import forest, published, questions, views, words
from training.shares.across import answer
from training.shares.multiverse import curve
from training.shares.multiverse import told as multiverse_told
from training.shares.path import diagram as path_diagram
from training.shares.path import views as path_views
from training.shares.path import words as path_words
from training.shares.results import ModelShares, Shares
from training.shares.therapists import views as therapist_views
from training.shares.therapists import words as known_therapists

TEMPLATES = Path(__file__).parents[1] / "templates" / "shares"


@dataclass(frozen=True)
class Section:
    """One question: its name is its anchor and its template; `shown` says whether there is anything to show."""

    name: str
    title: str
    shown: Callable[[Shares], bool] = lambda _: True

    @property
    def template(self) -> str:
        """In the templates of training."""
        return f"shares/{self.name}.html"


SECTIONS = (
    Section("shares", "How much does each family add?"),
    Section("landmarks", "How do shares move from landmark to landmark?", lambda found: bool(found.landmarks)),
    Section("overlap", "Which families carry the same information?"),
    Section("together", "Which families act together?"),
    Section(
        "path",
        "Does it work through others: resistance, active role, technique?",
        lambda found: any(one.path for one in found.outcomes),
    ),
    Section(
        "therapists",
        "How far do therapists lie apart? (known therapists)",
        lambda found: any(one.therapists for one in found.outcomes),
    ),
    Section("spread", "How much did each family vary, and how well was it measured?"),
    Section("across", "Across delivery: do patients take part as much?", lambda found: found.across is not None),
    Section("multiverse", "What if it had been asked otherwise?", lambda found: found.multiverse is not None),
    Section("policy", "Another mix of delivery and sessions", lambda found: found.policy is not None),
    Section("published", "What others found, and why it cannot be added up"),
)


def render(found: Shares) -> str:
    """The report of a study."""

    def told(model: ModelShares) -> str:
        return " ".join(words.told(found, model))

    return _page(
        "shares/report.html",
        title=found.title,
        simulated=found.simulated,
        found=found,
        told=told,
        sections=[section for section in SECTIONS if section.shown(found)],
        **_published(found),
    )


def render_published() -> str:
    """The published figures alone."""
    return _page("shares/published_only.html", title="Published shares, recomputed", simulated=False, **_published())


def _published(found: Shares | None = None) -> dict[str, Any]:
    known = published.read()
    outcome = None if found is None else next((one for one in found.outcomes if one.kind == "score"), None)
    return {
        "published": known,
        "improvement": published.of_improvement(known.cuijpers_2012),
        "variance": published.of_variance(known.wampold_2015),
        "summed": published.summed(known.wampold_2015),
        "beside": [
            (model.label.lower(), published.beside(known.norcross_2004, model.partitions[0]))
            for model in (outcome.models if outcome else ())
        ],
    }


def _page(template: str, **context: object) -> str:
    environment = Environment(
        loader=PackageLoader("training"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8").strip())  # noqa: S704 - our own file
    made = environment.get_template(template)
    helpers = {
        "views": views,
        "words": words,
        "path_diagram": path_diagram,
        "path_views": path_views,
        "path_words": path_words,
        "known_therapists": known_therapists,
        "therapist_views": therapist_views,
        "forests": forest,
        "answers": answer,
        "curves": curve,
        "told_multiverse": multiverse_told,
        "questions": questions,
    }
    return made.render(style=style, version=__version__, **helpers, **context)
