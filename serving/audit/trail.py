"""What the audit trail keeps of an answer: who asked, which model said what; the patient only as a keyed hash."""

import hmac
import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from serving.api.frame import CardFeedback
from serving.api.reader import Patients
from serving.api.served import Loaded
from serving.audit.chain import Chain
from serving.audit.folder import State


def named(secret: bytes, patient: str) -> str:
    """A patient's id as the trail has it."""
    return hmac.digest(secret, b"id\0" + patient.encode("utf-8", "surrogatepass"), "sha256").hex()


def named_card(secret: bytes, card: str) -> str:
    """The uuid of a card as the trail has it; what a client sends as one may be the number of a record."""
    return hmac.digest(secret, b"card\0" + card.encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass
class Trail:
    """The trail of this process, with a chain of its own."""

    state: State
    secret: bytes
    _chain: Chain | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def begin(cls, state: State) -> "Trail":
        """A trail with a new chain; raises OutputError or AuditError if it cannot be written."""
        trail = cls(state, state.secret())
        trail.chain()
        return trail

    def chain(self) -> Chain:
        """The chain that is written to; a new one where the last could not be written."""
        with self._lock:
            if self._chain is None or self._chain.broken:
                self._chain = Chain.begin(self.state.audit)
            return self._chain

    def answers(self, loaded: Loaded, who: str | None, route: str, patients: Patients, answers: Sequence[str]) -> None:
        """One line for each answer (the members of its JSON object, without the id).

        Raises AuditError if they cannot be kept; then they may not be sent either.
        """
        asked = self._asked(loaded, who, route)
        rows = np.ascontiguousarray(patients.matrix, dtype="<f8")
        lines = [
            f'{asked},"id":"{named(self.secret, one)}","inputs":"{self._inputs(row)}","answer":{{{answer}}}}}'
            for one, row, answer in zip(patients.ids, rows, answers, strict=True)
        ]
        self.chain().append("answer", lines)

    def contest(self, loaded: Loaded, who: str | None, patient: str, about: str, said: str) -> None:
        """Somebody disagrees with a prediction, or with an input of it."""
        asked = self._asked(loaded, who, "contest")
        rest = json.dumps({"id": named(self.secret, patient), "about": about, "said": said})[1:]
        self.chain().append("contest", [f"{asked},{rest}"])

    def cards(self, loaded: Loaded, who: str | None, patient: str, cards: Sequence[str]) -> None:
        """Which cards of CDS Hooks were made for a patient: so that feedback on them can be erased with the patient."""
        rest = json.dumps({"id": named(self.secret, patient), "cards": [named_card(self.secret, one) for one in cards]})
        self.chain().append("cards", [f"{self._asked(loaded, who, 'cds-services')},{rest[1:]}"])

    def feedback(self, loaded: Loaded, who: str | None, feedback: Sequence[CardFeedback]) -> None:
        """What became of cards, one line for each; the card as a keyed hash."""
        asked = self._asked(loaded, who, "feedback")
        said = [{**asdict(one), "card": named_card(self.secret, one.card)} for one in feedback]
        self.chain().append("feedback", [f"{asked},{json.dumps(one)[1:]}" for one in said])

    def close(self) -> None:
        """End the chain in good order."""
        if self._chain is not None:
            self._chain.close()

    def _inputs(self, row: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> str:
        # Keyed, because what a patient has answered could be guessed.
        return hmac.digest(self.secret, b"inputs\0" + row.tobytes(), "sha256").hex()

    def _asked(self, loaded: Loaded, who: str | None, route: str) -> str:
        predictor = loaded.predictor
        document = {
            "who": who,
            "route": route,
            "model": predictor.name,
            "version": predictor.version,
            "number": loaded.number,
            "digest": loaded.digest,
        }
        return json.dumps(document, separators=(",", ":"))[:-1]
