"""POST /cds-services/{id}/feedback: what became of a card, kept in the audit trail.

Of what is sent, only what cannot hold anything of a patient is kept: the outcome, one of our own reasons, whether there
was a comment. Comments are free text in which names stand; the card is kept as a keyed hash, as patients are.
"""

import datetime
import functools
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from serving.api import bodies, problems
from serving.api.bodies import JSON
from serving.api.frame import WHO, CardFeedback, Frame
from serving.api.problems import Refusal
from serving.api.served import Served
from serving.api.shapes import Noted
from serving.cds_hooks.asked import UUID
from serving.cds_hooks.cards import OVERRIDE, REASONS

UNFIT = "The request is no feedback of CDS Hooks."
MOST = 100
OTHER = "other"
"""Every reason that is none of ours: a client's own code might say anything."""
Uuid = Annotated[str, Field(pattern=UUID)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Reason(_Sent):
    """A coding; ours are `overrideReasons` of the card."""

    code: str
    system: str | None = None


class OverrideReason(_Sent):
    """Why a card was overridden."""

    reason: Reason | None = None
    user_comment: str | None = Field(default=None, alias="userComment", max_length=10_000)


class AcceptedSuggestion(_Sent):
    """Our cards make no suggestions; clients name some nevertheless."""

    id: str


class Feedback(_Sent):
    """What became of one card."""

    card: Uuid
    outcome: Literal["accepted", "overridden"]
    outcome_timestamp: AwareDatetime = Field(alias="outcomeTimestamp")
    accepted_suggestions: list[AcceptedSuggestion] | None = Field(default=None, alias="acceptedSuggestions")
    override_reason: OverrideReason | None = Field(default=None, alias="overrideReason")


class FeedbackCall(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="ignore", title="CdsHooksFeedback")

    feedback: list[Feedback] = Field(min_length=1, max_length=MOST)


class Feedbacks:
    """The endpoint of one model."""

    def __init__(self, served: Served, frame: Frame) -> None:
        self._served, self._frame = served, frame

    async def __call__(self, request: Request) -> Response:
        """Keep what became of cards; raises Refusal (409) where there is no trail to keep it in."""
        bodies.kind_of(request, allowed=(JSON,))
        sent = _read(await bodies.read(request, self._frame.limits))
        trail = self._frame.trail
        if trail is None:
            raise Refusal(409, "This server keeps no audit trail, so feedback would be lost.")
        kept = [_kept(one) for one in sent.feedback]
        keep = functools.partial(trail.feedback, self._served.now, request.scope.get(WHO), kept)
        await run_in_threadpool(keep)
        return JSONResponse(Noted(status="noted").model_dump())


def _read(body: bytes) -> FeedbackCall:
    try:
        return FeedbackCall.model_validate_json(body, strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        # Of the list, the number of the item and the name within it say more.
        places = [one["loc"][1:] or one["loc"] for one in details]
        told = [
            problems.described(place, one["type"], one.get("ctx", {}))
            for place, one in zip(places, details, strict=True)
        ]
        raise Refusal(422, UNFIT, told) from None


def _kept(one: Feedback) -> CardFeedback:
    why = one.override_reason
    given = None if why is None else why.reason
    own = given is not None and given.code in OVERRIDE and given.system in (None, REASONS)
    return CardFeedback(
        card=one.card.lower(),
        outcome=one.outcome,
        reason=None if given is None else given.code if own else OTHER,
        commented=bool(why is not None and why.user_comment),
        at=_utc(one.outcome_timestamp),
    )


def _utc(when: datetime.datetime) -> str:
    try:
        return when.astimezone(datetime.UTC).isoformat(timespec="seconds")
    except OverflowError:  # the first or the last day that there is, in another zone
        told = [{"column": "outcomeTimestamp", "problem": "is no moment that can be kept"}]
        raise Refusal(422, UNFIT, told) from None
