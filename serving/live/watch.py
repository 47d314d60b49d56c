"""A newly promoted model: loaded beside the one that answers, swapped in when it is ready, refused if it is not.

Requests are never held up: they take the model that stands there when they begin. Nothing that goes wrong here stops
the one that answers.
"""

import logging
import threading
from collections.abc import Sequence

from serving.api.meters import Meters
from serving.api.served import Refused, Served
from serving.live import load
from therapport.errors import ModelError, RegistryError

log = logging.getLogger("therapport.serving")


class Watcher:
    """Looks every few seconds whether a reference names another version."""

    def __init__(self, served: Sequence[Served], meters: Meters, seconds: float) -> None:
        self._served, self._meters, self._seconds = served, meters, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a model that is being loaded is not waited for."""
        self._stop.set()

    def look(self) -> None:
        """Look once at every model."""
        for one in self._served:
            self._look_at(one)
        self._meters.models(self._served)

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            self.look()

    def _look_at(self, served: Served) -> None:
        reference = served.now.reference
        if reference is None:
            return
        try:
            standing = load.standing(reference)
        except ModelError:
            return  # a folder that is just being replaced; if it stays away, the one in memory goes on
        except Exception as error:  # noqa: BLE001 - a database can fail in many ways, and none may stop an answer
            self._away(served, error)
            return
        served.registry_away = False
        if standing == load.stands(served.now):
            served.refused = None
        elif served.refused is None or served.refused.version != standing[:12]:
            self._try(served, reference, standing)

    def _try(self, served: Served, reference: str, standing: str) -> None:
        before = served.now
        try:
            loaded = load.load(reference)
            if loaded.predictor.name != served.name:
                raise ModelError("another name")
        except RegistryError as error:
            self._away(served, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the old one goes on
            served.refused = Refused(standing[:12], _reason(error))
            log.error("%s: version %s is refused (%s); version %s goes on", served.name, standing[:12],  # noqa: TRY400
                      _reason(error), before.predictor.version)  # fmt: skip
        else:
            served.now, served.refused = loaded, None
            if loaded.predictor.version != before.predictor.version:
                self._meters.replaced(served.name, before.predictor.version)
            log.warning("%s: version %s answers now", served.name, loaded.predictor.version)

    def _away(self, served: Served, error: Exception) -> None:
        if not served.registry_away:
            log.error("%s: the registry cannot be asked (%s); version %s goes on", served.name,
                      type(error).__name__, served.now.predictor.version)  # fmt: skip
        served.registry_away = True


def _reason(error: Exception) -> str:
    """In words that name no path: they are told to whoever asks whether the server is ready."""
    text = str(error)
    if not isinstance(error, ModelError):
        return f"an unforeseen {type(error).__name__} while it was loaded"
    for sign, words in (
        ("differs from its digest", "a file differs from its digest"),
        ("does not answer as when", "it does not answer as when it was made"),
        ("another name", "it has another name"),
        ("another version of therapport", "it was made by another version of therapport"),
    ):
        if sign in text:
            return words
    return "it is damaged or incomplete"
