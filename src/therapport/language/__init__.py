"""The language of what is written for people: English as it stands in the code, others from gettext catalogues.

    with language.using("nl"):
        sentences.chances(outcome, 0.62)

Outside such a block everything is English, whoever calls: JSON, logs and errors never change with a reader's language.
A catalogue is a `.po` file of this folder; it is read as it is, so nothing has to be compiled.
"""

from therapport.language.catalogue import ENGLISH, LANGUAGES, Catalogue, catalogue
from therapport.language.current import N_, clause, code, figure, gettext, ngettext, pgettext, use, using

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "N_",
    "Catalogue",
    "catalogue",
    "clause",
    "code",
    "figure",
    "gettext",
    "ngettext",
    "pgettext",
    "use",
    "using",
]
