"""Services whose use is looked at: how they are made, and one decision with the nurse's word on it."""

from collections.abc import Callable

from app.wiring import Services
from tests.builders import a_request

MakeServices = Callable[..., Services]


def judge(services: Services, kind: str, label: str | None = None) -> None:
    """One decision and the nurse's word on it: ``correct`` or ``upgrade`` by one gravity."""
    decision = services.decide(a_request(), label=label)
    worse = {"GRIS": "VERT", "VERT": "JAUNE", "JAUNE": "ROUGE", "ROUGE": "ROUGE"}[decision.gravity_level]
    told = {"prediction_id": decision.prediction_id, "original_gravity": decision.gravity_level}
    wanted = decision.gravity_level if kind == "correct" else worse
    services.store.submit(told | {"feedback_type": kind, "corrected_gravity": wanted})
