"""One codebook for all."""

import pytest

from tests.cohort.stream.material import CODEBOOK
from therapport import codebook as codebooks
from therapport.codebook import Codebook


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    return codebooks.parse(CODEBOOK, name="streamed")
