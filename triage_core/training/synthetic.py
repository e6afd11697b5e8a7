"""Writes the synthetic base table: ``python -m triage_core.training.synthetic [--out PATH] [--rows N] [--seed N]``.

Level by its published share, motif given the level, vitals given level and age, redrawn until no measured rule
contradicts the level; then a nurse's label with published noise. Same seed, same lock, same bytes.
"""

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from triage_core.features import BY_NAME
from triage_core.levels import FrenchLevel, Gravity
from triage_core.patient import Constantes, Mesures, Patient
from triage_core.rules.catalog import Motif, RuleBook, load_rulebook
from triage_core.rules.engine import apply_rules
from triage_core.training.synthetic_motifs import MotifDrawer
from triage_core.training.synthetic_settings import MotifSettings, VitalsSettings, motif_settings, vitals_settings
from triage_core.training.synthetic_vitals import (
    LEVELS,
    VITAL_NAMES,
    Bools,
    Floats,
    Ints,
    Visits,
    VitalsDrawer,
    draw_visits,
    hide,
)
from triage_core.training.table import TABLE_COLUMNS

ROWS = 10_000
SEED = 20_261_123
MOST_REDRAWS = 60
PULL_FADES_AFTER = 30  # a motif that keeps contradicting a low level stops pulling on the vitals
DEFAULT_OUT = Path("data/raw/patients_synthetic.csv")


@dataclass(frozen=True)
class _Cases:
    """Everything drawn, one entry a visit."""

    visits: Visits
    motif: Ints
    vitals: Floats
    measures: dict[str, Floats]


def generate(rows: int = ROWS, seed: int = SEED) -> str:
    """The whole table as CSV text (UTF-8, ``\\n``), a function of rows, seed, settings and rule book alone."""
    book, vitals_s, motif_s = load_rulebook(), vitals_settings(), motif_settings()
    rng = np.random.Generator(np.random.PCG64(seed))
    motifs = MotifDrawer(book, motif_s)
    cases = _draw_cases(rng, rows, motifs, vitals_s, book)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(TABLE_COLUMNS)
    writer.writerows(_rows(rng, cases, motifs, vitals_s, motif_s))
    return buffer.getvalue()


def _draw_cases(
    rng: np.random.Generator, rows: int, motifs: MotifDrawer, settings: VitalsSettings, book: RuleBook
) -> _Cases:
    """Draw all visits, then redraw the vitals that a rule places above the level; at last raise the level."""
    visits = draw_visits(rng, _ranks(rng, rows, settings), settings)
    motif = motifs.draw(rng, visits, settings.latent.presented_one_step_off)
    drawer, pull, faded = VitalsDrawer(settings), motifs.pull(motif), np.zeros((rows, len(VITAL_NAMES)))
    cases = _Cases(visits, motif, drawer.draw(rng, visits, pull), motifs.measures(rng, motif))
    pending = np.arange(rows)
    for attempt in range(MOST_REDRAWS):
        pending = np.array(
            [i for i in pending if _ruled_rank(cases, int(i), motifs, book) > visits.rank[i]], dtype=np.int64
        )
        if not len(pending):
            break
        shift = pull if attempt < PULL_FADES_AFTER else faded
        cases.vitals[pending] = drawer.draw(rng, visits.take(pending), shift[pending])
        for name, values in motifs.measures(rng, motif[pending]).items():
            cases.measures[name][pending] = values
    ruled = visits.rank.copy()
    for i in pending:
        ruled[i] = max(ruled[i], _ruled_rank(cases, int(i), motifs, book))
    return replace(cases, visits=replace(visits, rank=ruled))


def _ranks(rng: np.random.Generator, rows: int, settings: VitalsSettings) -> Ints:
    """Exactly the published shares (largest remainders), in random order."""
    wanted = np.array([settings.level_shares[level] for level in LEVELS]) / 100 * rows
    counts = np.floor(wanted).astype(np.int64)
    for index in np.argsort(counts - wanted, kind="stable")[: rows - counts.sum()]:
        counts[index] += 1
    return rng.permutation(np.repeat(np.arange(len(LEVELS)), counts))


def _ruled_rank(cases: _Cases, i: int, motifs: MotifDrawer, book: RuleBook) -> int:
    """The rank that floor and measured modulators give; a motif's mere default is no contradiction. -1: nothing."""
    motif = motifs.motifs[cases.motif[i]]
    outcome = apply_rules(_patient(cases, i, motif), motif, book)
    fired = [f.level.rank for f in outcome.findings if f.rule_id != f"{motif.id}__defaut"]
    return max(fired, default=-1)


def _patient(cases: _Cases, i: int, motif: Motif) -> Patient:
    measured = {name: _or_none(value) for name, value in zip(VITAL_NAMES, cases.vitals[i].tolist(), strict=True)}
    asked = {name: _or_none(float(values[i])) for name, values in cases.measures.items()}
    return Patient(
        age=float(cases.visits.age[i]),
        sexe="M" if cases.visits.is_male[i] else "F",
        motif_id=motif.id,
        constantes=Constantes.model_validate(measured),
        mesures=Mesures.model_validate(asked),
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _rows(
    rng: np.random.Generator, cases: _Cases, motifs: MotifDrawer, vitals_s: VitalsSettings, motif_s: MotifSettings
) -> Iterator[list[str]]:
    visits, count = cases.visits, len(cases.motif)
    shown = hide(rng, cases.vitals, visits, motifs.asks_glycaemia(rng, cases.motif), vitals_s)
    comorbid, referred = _raised_to_3a(rng, cases, motifs, motif_s)
    texts = motifs.texts(rng, cases.motif)
    id_blank = rng.random(count) < motif_s.grid.motif_left_blank
    arrival = _arrivals(rng, visits, vitals_s)
    trauma = motifs.is_trauma(cases.motif)
    nurse = _nurse_ranks(rng, np.array([LEVELS[rank].gravity.rank for rank in visits.rank]), vitals_s)
    for i in range(count):
        level = LEVELS[visits.rank[i]]
        yield [
            f"SYN-{i + 1:06d}",
            _number("age", visits.age[i]),
            "M" if visits.is_male[i] else "F",
            *(_number(name, value) for name, value in zip(VITAL_NAMES, shown[i], strict=True)),
            *(_number(name, values[i]) for name, values in cases.measures.items()),
            "" if id_blank[i] else motifs.motifs[cases.motif[i]].id,
            texts[i],
            "true" if comorbid[i] else "",
            "true" if referred[i] else "false",
            arrival[i],
            "true" if trauma[i] else "false",
            level.value,
            level.gravity.value,
            tuple(Gravity)[nurse[i]].value,
        ]


def _number(name: str, value: float) -> str:
    """A measurement with the decimals of its feature, without trailing zeros; empty when it was not taken."""
    if np.isnan(value):
        return ""
    text = f"{value:.{BY_NAME[name].decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _raised_to_3a(
    rng: np.random.Generator, cases: _Cases, motifs: MotifDrawer, settings: MotifSettings
) -> tuple[Bools, Bools]:
    """Heavy comorbidity and same-day referral: the reason of most 3A, never on 3B, rare below."""
    rank, count = cases.visits.rank, len(cases.motif)
    share = np.array([(settings.comorbidity.get(lv, 0.0), settings.referral.get(lv, 0.0)) for lv in LEVELS])[rank]
    comorbid, referred = rng.random(count) < share[:, 0], rng.random(count) < share[:, 1]
    gives_3a = np.array([_gives_3a(motif) for motif in motifs.motifs])[cases.motif]
    needs_reason = (rank == FrenchLevel.L3A.rank) & (~gives_3a | (rng.random(count) < 0.3))
    by_comorbidity = rng.random(count) < 0.6
    return comorbid | (needs_reason & by_comorbidity), referred | (needs_reason & ~by_comorbidity)


def _gives_3a(motif: Motif) -> bool:
    levels = {motif.default_level, *(rule.level for rule in motif.modulators if rule.effect == "set_level")}
    return FrenchLevel.L3A in levels


def _arrivals(rng: np.random.Generator, visits: Visits, settings: VitalsSettings) -> tuple[str, ...]:
    """Brought (ambulance, fire brigade, SMUR on level 1 and 2, police) or by own means; a few unknown."""
    share = np.array([settings.brought[level] for level in LEVELS])[visits.rank]
    brought, kind = rng.random(len(share)) < share, rng.random(len(share))
    return tuple(
        _arrival(b, k, r) for b, k, r in zip(brought.tolist(), kind.tolist(), visits.rank.tolist(), strict=True)
    )


def _arrival(is_brought: bool, kind: float, rank: int) -> str:
    if not is_brought:
        return ("" if kind < 0.04 else "a_pied" if kind < 0.24 else "vehicule_personnel") if kind < 0.97 else "autre"
    if rank >= FrenchLevel.L2.rank and kind < (0.6 if rank == FrenchLevel.L1.rank else 0.15):
        return "smur"
    return "police" if kind > 0.97 else "pompiers" if kind > 0.6 else "ambulance"


def _nurse_ranks(rng: np.random.Generator, truth: Ints, settings: VitalsSettings) -> Ints:
    """The nurse's gravity: the published shares of all visits too low and too high, mostly by one step."""
    noise, top, nurse = settings.nurse_noise, len(Gravity) - 1, truth.copy()
    order = rng.permutation(len(truth))
    steps = np.where(rng.random(len(truth)) < noise.two_steps, 2, 1)
    under = order[truth[order] > 0][: round(noise.under / 100 * len(truth))]
    nurse[under] = np.maximum(truth[under] - steps[under], 0)
    rest = order[~np.isin(order, under)]
    over = rest[truth[rest] < top][: round(noise.over / 100 * len(truth))]
    nurse[over] = np.minimum(truth[over] + steps[over], top)
    return nurse


def main(arguments: list[str] | None = None) -> int:
    """Write the table; the count of rows goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m triage_core.training.synthetic", description=__doc__)
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    if options.rows < 1:
        parser.error("--rows must be at least 1")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(generate(options.rows, options.seed).encode())
    print(f"{options.rows} rows written to {options.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
