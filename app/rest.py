"""The HTTP routes that outside programs rely on: thin doors to the same services as the pages."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app import wiring
from app.access.visitor import PERSON
from app.http_faults import Fault, fault, read_json, unprocessable
from app.jobs import JobStatus, RetrainRequest
from app.logs import log_event, log_fault
from feedback_store.errors import InvalidVerdict, JournalWriteError, UnknownPrediction
from triage_core.errors import InvalidPatient, RetrainingBusy, TooFewFeedbacks
from triage_core.features import MAX_TEXT

MAX_SINCE_DAYS = 36_500  # a century; more would leave the calendar
PREDICT_FIELDS = (
    "prediction_id", "gravity_level", "french_level", "confidence_score", "prediction_quality", "missing_features",
    "ml_available", "ml_error", "provisional", "motif_id", "motif_candidates", "delai_medecin_min", "findings",
    "not_evaluable", "probabilities", "plausible_levels", "contributions", "raised_by_model", "model_version",
    "rules_version", "latency_ms",
)  # fmt: skip
JOB_FIELDS = ("job_id", "state", "progress", "run_id", "version", "error")
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"  # it becomes an argument of a process, which cannot hold a NUL
Endpoint = Callable[[Request], Awaitable[Response]]


class RetrainBody(BaseModel):
    """The body of ``POST /feedback/retrain``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    include_feedback: StrictBool = True
    min_feedback_samples: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 50
    run_name: Annotated[str, Field(strict=True, min_length=1, max_length=200, pattern=_ONE_LINE)] | None = None


class NoteBody(BaseModel):
    """The body of ``POST /triage/extract``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    text: Annotated[str, Field(strict=True, max_length=MAX_TEXT)]


def answering(endpoint: Endpoint) -> Endpoint:
    """Turn every refusal of an endpoint into its status and the one error body, and log neither value nor text."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Fault as refusal:
            return refusal.response()
        except InvalidPatient as invalid:
            return unprocessable((error.field, error.message) for error in invalid.errors).response()
        except JournalWriteError as unwritten:
            incident = log_fault("journal_not_written", unwritten, path=request.scope["path"])
            return fault(503, "journal", f"could not be written; nothing was kept, incident {incident}").response()
        except Exception as broken:
            incident = log_fault("request_failed", broken, path=request.scope["path"])
            return fault(500, "server", f"could not answer; see the log, incident {incident}").response()

    return answer


async def healthz(_request: Request) -> Response:
    """Alive, and with which model and rules; no model while an administrator has turned it off."""
    services = await run_in_threadpool(wiring.services)
    model_version = await run_in_threadpool(services.served_version)
    versions = {"model_version": model_version, "rules_version": services.book.version}
    return JSONResponse({"status": "ok"} | versions)


async def predict(request: Request) -> Response:
    """One decision, written to the journal before it is answered."""
    raw = await read_json(request)
    if not isinstance(raw, dict):
        raise fault(422, "body", "must be an object")
    services = await run_in_threadpool(wiring.services)
    decision = await run_in_threadpool(services.decide, raw, None, "api")
    await run_in_threadpool(services.access_log.note, _sender(request), "decision", decision.prediction_id)
    content = decision.model_dump(mode="json", include=set(PREDICT_FIELDS))
    log_event(
        "predicted",
        prediction_id=decision.prediction_id,
        model_version=decision.model_version,
        rules_version=decision.rules_version,
        latency_ms=decision.latency_ms,
    )
    return JSONResponse({name: content[name] for name in PREDICT_FIELDS})


async def extract(request: Request) -> Response:
    """Every value of a note with the words it came from; nothing is kept."""
    told = _note(await read_json(request))
    services = await run_in_threadpool(wiring.services)
    extraction = await run_in_threadpool(services.extract, told.text)
    log_event("extracted", values=len(extraction.values), unparsed=len(extraction.unparsed))
    return JSONResponse(extraction.told())


async def submit_feedback(request: Request) -> Response:
    """One verdict on a prediction of ours."""
    raw = _signed(await read_json(request), request)
    services = await run_in_threadpool(wiring.services)
    try:
        record = await run_in_threadpool(services.store.submit, raw)
    except UnknownPrediction:
        raise fault(404, "prediction_id", "is not a prediction of ours") from None
    except InvalidVerdict as invalid:
        raise unprocessable((error.field, error.message) for error in invalid.errors) from None
    log_event("feedback_recorded", feedback_id=record.feedback_id, prediction_id=record.prediction_id)
    return JSONResponse({"feedback_id": record.feedback_id}, 201)


async def feedback_stats(request: Request) -> Response:
    """Aggregates of all time, or of the last ``since_days`` days."""
    since_days = _since_days(request)
    services = await run_in_threadpool(wiring.services)
    stats = await run_in_threadpool(services.store.stats, since_days)
    return JSONResponse(stats.model_dump(mode="json"))


async def feedback_count(_request: Request) -> Response:
    """How many verdicts there are."""
    services = await run_in_threadpool(wiring.services)
    return JSONResponse({"count": await run_in_threadpool(services.store.count)})


async def start_retraining(request: Request) -> Response:
    """Start a training job; 409 while one runs, 422 when there is too little to learn from."""
    asked = _retrain_request(await read_json(request))
    services = await run_in_threadpool(wiring.services)
    try:
        job_id = await run_in_threadpool(services.jobs.start, asked)
    except RetrainingBusy:
        raise fault(409, "job", "a training run is in progress") from None
    except TooFewFeedbacks as too_few:
        raise fault(422, "min_feedback_samples", str(too_few)) from None
    log_event("retraining_started", job_id=job_id)
    return JSONResponse({"job_id": job_id}, 202)


async def follow_retraining(request: Request) -> Response:
    """Where a training job stands."""
    services = await run_in_threadpool(wiring.services)
    status: JobStatus | None = await run_in_threadpool(services.jobs.status, request.path_params["job_id"])
    if status is None:
        raise fault(404, "job_id", "is not a job of ours")
    return JSONResponse({name: getattr(status, name) for name in JOB_FIELDS})


def _sender(request: Request) -> str:
    """Who asked, for the log of who saw what; ``api`` where nobody signs in."""
    person = request.scope.get(PERSON)
    return "api" if person is None else str(person.user_id)


def _signed(raw: object, request: Request) -> object:
    """A verdict with the name of the person signed in; a machine's token, like ``demo``, keeps the name it tells."""
    person = request.scope.get(PERSON)
    if person is None or person.scopes is not None or not isinstance(raw, dict):
        return raw
    if raw.get("nurse_id") not in (None, "", person.user_id):
        raise fault(422, "nurse_id", "is not the person signed in")
    return raw | {"nurse_id": person.user_id}


def _since_days(request: Request) -> int | None:
    told = request.query_params.getlist("since_days")
    if not told:
        return None
    if len(told) == 1 and re.fullmatch(r"[0-9]{1,6}", told[0]) and 1 <= int(told[0]) <= MAX_SINCE_DAYS:
        return int(told[0])
    raise fault(422, "since_days", f"must be one whole number from 1 to {MAX_SINCE_DAYS}")


def _note(raw: object) -> NoteBody:
    try:
        return NoteBody.model_validate(raw)
    except ValidationError as invalid:
        raise _every_field(invalid) from None


def _every_field(invalid: ValidationError) -> Fault:
    told = invalid.errors(include_url=False, include_input=False, include_context=False)
    return unprocessable((".".join(map(str, error["loc"])) or "body", str(error["msg"])) for error in told)


def _retrain_request(raw: object) -> RetrainRequest:
    try:
        body = RetrainBody.model_validate(raw)
    except ValidationError as invalid:
        raise _every_field(invalid) from None
    return RetrainRequest(body.include_feedback, body.min_feedback_samples, body.run_name)


class _NoSuchRoute:
    """Answers under our prefixes what no route takes, so that no page of Streamlit stands there instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = str(scope["path"]), str(scope["method"])
        allowed = _methods_of(path)
        if allowed:
            answer = fault(405, "method", f"{method} is not taken here, {', '.join(allowed)} is").response()
            answer.headers["allow"] = ", ".join(allowed)
        else:
            answer = fault(404, "path", "is not a route").response()
        await answer(scope, receive, send)


def _methods_of(path: str) -> tuple[str, ...]:
    return tuple(method for route in _ROUTES if route.path_regex.match(path) for method in sorted(route.methods or ()))


_ROUTES = (
    Route("/healthz", answering(healthz), methods=["GET"]),
    Route("/triage/predict", answering(predict), methods=["POST"]),
    Route("/triage/extract", answering(extract), methods=["POST"]),
    Route("/feedback/submit", answering(submit_feedback), methods=["POST"]),
    Route("/feedback/stats", answering(feedback_stats), methods=["GET"]),
    Route("/feedback/count", answering(feedback_count), methods=["GET"]),
    Route("/feedback/retrain", answering(start_retraining), methods=["POST"]),
    Route("/feedback/retrain/{job_id}", answering(follow_retraining), methods=["GET"]),
)


def routes() -> list[Route]:
    """Every route of the contract, then what answers for the rest of their prefixes."""
    elsewhere = ("/healthz", "/triage/{rest:path}", "/feedback/{rest:path}")
    return [*_ROUTES, *(Route(path, _NoSuchRoute()) for path in elsewhere)]
