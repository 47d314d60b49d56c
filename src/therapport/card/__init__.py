"""The model card and the TRIPOD+AI checklist of a predictor: what the run knows is filled in, the rest is marked.

Sections after Mitchell et al., Model cards for model reporting, FAT* 2019; items after Collins et al., TRIPOD+AI, BMJ
2024;385:e078378, in our own words. Nothing here is computed anew and nothing is invented: facts come from the
predictor's evidence and codebook, statements from the study's [card] table.
"""

from therapport.card.checklist import checklist
from therapport.card.document import Card, Entry, Section, Table
from therapport.card.items import ITEMS, Item
from therapport.card.making import card
from therapport.card.markdown import markdown
from therapport.card.page import page

__all__ = ["ITEMS", "Card", "Entry", "Item", "Section", "Table", "card", "checklist", "markdown", "page"]
