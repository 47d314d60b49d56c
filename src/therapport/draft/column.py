"""A column as its name and its values show it, before anything is decided."""

from dataclasses import dataclass

from therapport.draft import moment as moments
from therapport.draft import vocabulary as words
from therapport.draft.moment import Moment
from therapport.draft.profile import Profile
from therapport.draft.vocabulary import Hit, Sort, Words


@dataclass(frozen=True)
class Column:
    """Name, what the name says, and what the values look like."""

    name: str
    profile: Profile
    hits: tuple[Hit, ...]
    moment: Moment | None
    base: Words
    """The words of the name without those that say when."""
    is_item: bool
    known: Words = ()
    """The words of the name that say what it is."""

    def says(self, sort: Sort) -> str | None:
        """What the longest phrase of that sort names; None if there is none."""
        return next((hit.name for hit in self.hits if hit.sort == sort), None)

    @property
    def is_wholly_known(self) -> bool:
        """Whether every word of the name, save those of time and the empty ones, is understood."""
        filler = words.vocabulary().filler
        return bool(self.hits) and all(word == moments.COVERED or word in filler for word in self.base)


def column(name: str, profile: Profile, spelled: str | None = None) -> Column:
    """The column of that name and profile; `spelled` is the name with its words apart, where that helps."""
    named = words.words(name if spelled is None else spelled)
    found = tuple(words.hits(named))
    rest = [
        moments.COVERED if any(hit.start <= place < hit.end for hit in found) else word
        for place, word in enumerate(named)
    ]
    # An item is told by its number alone, so by the whole name: `phq9 item 3`.
    base = moments.without(tuple(rest))
    known = tuple(named[place] for place, word in enumerate(rest) if word == moments.COVERED)
    return Column(name, profile, found, moments.find(tuple(rest)), base, moments.is_item(named), known)


def key(this: Column) -> str:
    """What two columns of one measure share: the instrument, else the words of the name that do not say when."""
    return this.says("instrument") or " ".join((*this.known, *(word for word in this.base if word != moments.COVERED)))
