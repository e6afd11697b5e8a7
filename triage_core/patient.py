"""What a nurse or a program tells us of a patient: checked whole, all faults at once, nothing filled in.

``Patient`` is the body of ``POST /triage/predict``. A value that is absent or null was not measured.
"""

import math
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError
from pydantic_core import PydanticCustomError

from triage_core.errors import FieldError, InvalidPatient
from triage_core.features import BY_NAME, MAX_TEXT

MAX_LIST = 100
METER_FEATURES = ("glycemie",)  # whose meter may answer with a word; its ends are the hard bounds of the table
NUMBERS = frozenset(BY_NAME) - {"age"}


class KnownMotifs(Protocol):
    """What validation needs to know of the grid."""

    def modulator_ids(self, motif_id: str) -> frozenset[str] | None: ...

    @property
    def every_modulator_id(self) -> frozenset[str]: ...


def _number(name: str, value: object) -> float | int | None:
    """A finite number within the hard bounds of a feature, or ``None``; anything else is a fault."""
    if value is None:
        return None
    feature = BY_NAME[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PydanticCustomError("not_a_number", "must be a number or null")
    if isinstance(value, float) and not math.isfinite(
        value
    ):  # an integer may be too large to ask; its bounds refuse it
        raise PydanticCustomError("not_finite", "must be a finite number or null")
    low, high = feature.hard
    if not low <= value <= high:
        allowed = f"must be within {low:g}-{high:g} {feature.unit}"
        raise PydanticCustomError("out_of_bounds", "{allowed}", {"allowed": allowed})
    if feature.is_integer:
        if value != int(value):
            raise PydanticCustomError("not_an_integer", "must be a whole number or null")
        return int(value)
    return value


def _vital(name: str) -> BeforeValidator:
    return BeforeValidator(partial(_number, name))


def _age(value: object) -> float | int:
    number = _number("age", value)
    if number is None:
        raise PydanticCustomError("missing", "is required")
    return number


def _names(allowed: frozenset[str], names: Mapping[str, object]) -> Mapping[str, object]:
    if not names.keys() <= allowed:
        raise PydanticCustomError("unknown_feature", "names a feature that cannot be answered in words")
    return names


def _answered_among(allowed: frozenset[str]) -> AfterValidator:
    return AfterValidator(partial(_names, allowed))


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Constantes(_Frozen):
    """The vitals, in the canonical units of ``features.VITALS``; ``None`` is not measured."""

    frequence_cardiaque: Annotated[float | None, _vital("frequence_cardiaque")] = None
    pression_systolique: Annotated[float | None, _vital("pression_systolique")] = None
    pression_diastolique: Annotated[float | None, _vital("pression_diastolique")] = None
    frequence_respiratoire: Annotated[float | None, _vital("frequence_respiratoire")] = None
    temperature: Annotated[float | None, _vital("temperature")] = None
    saturation_oxygene: Annotated[float | None, _vital("saturation_oxygene")] = None
    echelle_douleur: Annotated[int | None, _vital("echelle_douleur")] = None
    glasgow: Annotated[int | None, _vital("glasgow")] = None
    glycemie: Annotated[float | None, _vital("glycemie")] = None


_OF_CONSTANTES = frozenset(Constantes.model_fields)  # asked some forty times a decision


class Mesures(_Frozen):
    """What only some motifs ask for."""

    duree_symptomes_h: Annotated[float | None, _vital("duree_symptomes_h")] = None
    debit_expiratoire_de_pointe: Annotated[float | None, _vital("debit_expiratoire_de_pointe")] = None
    perte_de_poids_pct: Annotated[float | None, _vital("perte_de_poids_pct")] = None
    cetonemie_mmol_l: Annotated[float | None, _vital("cetonemie_mmol_l")] = None


Text = Annotated[str, Field(max_length=MAX_TEXT, strict=True)]
Sexe = Literal["M", "F", "Autre"]
ModeArrivee = Literal["a_pied", "vehicule_personnel", "ambulance", "pompiers", "smur", "police", "autre"]


NonMesure = Literal["non_mesurable", "refus"]
HorsEchelle = Literal["LO", "HI"]
METER_WORDS: Mapping[str, HorsEchelle] = MappingProxyType({"lo": "LO", "low": "LO", "hi": "HI", "high": "HI"})


class Patient(_Frozen):
    """One visit as told at the door. ``age`` in years, decimals below two (0.25 is three months).

    ``non_mesures`` says why a value is absent: it could not be measured, or the patient refused; the value stays
    missing all the same. ``hors_echelle`` is the word of a meter whose range was left, ``LO`` below and ``HI`` above.
    """

    age: Annotated[float, BeforeValidator(_age)]
    sexe: Sexe
    motif_consultation: Text | None = None
    motif_id: Text | None = None
    modulateurs: Annotated[tuple[Text, ...], Field(max_length=MAX_LIST)] = ()
    antecedents: Annotated[tuple[Text, ...], Field(max_length=MAX_LIST)] = ()
    comorbidite_lourde_en_rapport: StrictBool | None = None
    adresse_par_medecin: StrictBool | None = None
    mode_arrivee: ModeArrivee | None = None
    traumatisme: StrictBool | None = None
    mesures: Mesures = Mesures()
    constantes: Constantes
    non_mesures: Annotated[dict[str, NonMesure], _answered_among(NUMBERS)] = {}
    hors_echelle: Annotated[dict[str, HorsEchelle], _answered_among(frozenset(METER_FEATURES))] = {}

    def measured(self, name: str) -> float | None:
        """The value of a feature of the table by its one name; ``None`` when no number was read."""
        if name == "age":
            return self.age
        group = self.constantes if name in _OF_CONSTANTES else self.mesures
        value: float | None = getattr(group, name)
        return value

    def weighed(self, name: str) -> float | None:
        """The value as rules and model weigh it: as measured, or the end of the range that a meter's word means.

        The end is the most urgent value consistent with the word, since no rule gets less urgent further out.
        """
        word = self.hors_echelle.get(name) if self.hors_echelle else None
        if word is None:
            return self.measured(name)
        low, high = BY_NAME[name].hard
        return low if word == "LO" else high


def parse_patient(raw: object, known: KnownMotifs) -> Patient:
    """Check a request whole and return it as a ``Patient``.

    Raises ``InvalidPatient`` with **every** faulty field, none of the messages holding a patient's value.
    """
    errors: list[FieldError] = []
    patient: Patient | None = None
    try:
        patient = Patient.model_validate(raw)
    except ValidationError as fault:
        errors.extend(_field_errors(fault))
    if isinstance(raw, Mapping):
        seen = {error.field for error in errors}
        errors.extend(e for e in _cross_faults(raw, known) if e.field not in seen)
    if errors or patient is None:
        raise InvalidPatient(tuple(errors))
    return patient


def _field_errors(fault: ValidationError) -> Iterator[FieldError]:
    seen: set[str] = set()
    for error in fault.errors(include_url=False, include_input=False, include_context=False):
        field = ".".join(str(part) for part in error["loc"]) or "body"
        if field not in seen:
            seen.add(field)
            yield FieldError(field, error["msg"], error["type"])


def _cross_faults(raw: Mapping[str, object], known: KnownMotifs) -> Iterator[FieldError]:
    """Faults between fields: pressures swapped, a value beside a word, motif or modulator unknown to the grid."""
    yield from _pressure_fault(raw.get("constantes"))
    yield from _answered_twice(raw)
    yield from _motif_faults(raw.get("motif_id"), raw.get("modulateurs"), known)


def _pressure_fault(constantes: object) -> Iterator[FieldError]:
    if not isinstance(constantes, Mapping):
        return
    systolic, diastolic = constantes.get("pression_systolique"), constantes.get("pression_diastolique")
    if _is_number(systolic) and _is_number(diastolic) and diastolic >= systolic:  # type: ignore[operator]
        message = "must be below pression_systolique"
        yield FieldError("constantes.pression_diastolique", message, "diastolic_not_below")


def _answered_twice(raw: Mapping[str, object]) -> Iterator[FieldError]:
    """One measurement has one answer: a value, a word of the meter, or why there is none."""
    groups = [raw.get(field) for field in ("constantes", "mesures", "hors_echelle")]
    told = {
        name for group in groups if isinstance(group, Mapping) for name, value in group.items() if value is not None
    }
    reasons, words = raw.get("non_mesures"), raw.get("hors_echelle")
    for name in reasons if isinstance(reasons, Mapping) else ():
        if name in told:
            yield FieldError(f"non_mesures.{name}", "is answered with a value too", "answered_twice")
    constantes = raw.get("constantes")
    if isinstance(words, Mapping) and isinstance(constantes, Mapping):
        twice = [name for name in METER_FEATURES if name in words and constantes.get(name) is not None]
        yield from (FieldError(f"hors_echelle.{n}", "is answered with a value too", "answered_twice") for n in twice)


def _is_number(value: object) -> bool:
    """Whether a value can be compared with another; an integer is never asked, it may be too large for a float."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _motif_faults(motif_id: object, modulators: object, known: KnownMotifs) -> Iterator[FieldError]:
    allowed = known.every_modulator_id
    if isinstance(motif_id, str):
        of_motif = known.modulator_ids(motif_id)
        if of_motif is None:
            yield FieldError("motif_id", "is not a motif of the grid", "unknown_motif")
        allowed = of_motif if of_motif is not None else allowed
    if not isinstance(modulators, (list, tuple)):
        return
    for index, modulator in enumerate(modulators):
        if isinstance(modulator, str) and modulator not in allowed:
            yield FieldError(f"modulateurs.{index}", "is not a modulator of this motif", "unknown_modulator")
