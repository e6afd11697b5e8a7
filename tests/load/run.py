"""Twenty nurses typing at once: ``python -m tests.load.run [--minutes 10] [--nurses 20]``.

Real WebSocket sessions on the real server. Measured: errors, records acknowledged against records kept, seconds from
submit to result beside an empty rerun of the same page in the same run, and the memory of the server.
"""

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from app.ui import state
from tests.app.browsing import running_server_process
from tests.load.nurse import Nurse

THINK_S = (0.6, 2.0)  # between two fields
GOAL_P95_S = 0.3
FLAT = 1.15  # the server's memory at the end against that after the first quarter
VITALS = {
    "frequence_cardiaque": (55, 140),
    "frequence_respiratoire": (12, 30),
    "saturation_oxygene": (88, 100),
    "temperature": (36, 40),
    "echelle_douleur": (0, 10),
    "glasgow": (13, 15),
}
REASONS = ("douleur thoracique", "mal au ventre", "chute", "fièvre", "essoufflé", "céphalée", "plaie main", "malaise")


@dataclass
class Measured:
    """What all nurses together saw; appended to from their threads."""

    submits: list[float] = field(default_factory=list)
    empties: list[float] = field(default_factory=list)
    fields: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory_kb: list[int] = field(default_factory=list)
    acknowledged: int = 0  # answers seen on a screen
    kept: int = 0  # decisions in the journal afterwards

    @property
    def is_held(self) -> bool:
        """No error, nothing lost, fast enough, memory flat."""
        return not self.errors and self.kept == self.acknowledged and p95(self.submits) < GOAL_P95_S and self.is_flat

    @property
    def is_flat(self) -> bool:
        """Whether the memory stayed where it was once everybody had begun."""
        early = self.memory_kb[len(self.memory_kb) // 4]
        return max(self.memory_kb[len(self.memory_kb) // 4 :]) <= FLAT * early


def p95(seconds: list[float]) -> float:
    """The 95th percentile; the only value of a list of one."""
    return quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]


def load(minutes: float, nurses: int, think: tuple[float, float] = THINK_S) -> Measured:
    """Run it and count; the server is started for it and ended."""
    measured, folder = Measured(), Path(tempfile.mkdtemp(prefix="medtriage-load-"))
    with running_server_process(folder) as (base, pid):
        port, until = int(base.rpartition(":")[2]), time.monotonic() + 60 * minutes
        told = [(port, n, lambda: time.monotonic() > until, think, measured) for n in range(nurses)]
        workers = [threading.Thread(target=shift, args=arguments) for arguments in told]
        with _watched(pid, measured):
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        journal = folder / "data" / "triage" / "decisions.jsonl"
        measured.kept = journal.read_bytes().count(b"\n") if journal.exists() else 0
    return measured


def report(measured: Measured) -> str:
    """The figures beside their goals."""
    submit, empty = p95(measured.submits), p95(measured.empties)
    return "\n".join(
        [
            f"patients {measured.acknowledged}, kept {measured.kept}, errors {len(measured.errors)} (goal 0 lost, 0)",
            f"submit to result p95 {1000 * submit:.0f} ms (goal {1000 * GOAL_P95_S:.0f}), "
            f"empty rerun p95 {1000 * empty:.0f} ms, ratio {submit / empty:.2f}",
            f"a field left p95 {1000 * p95(measured.fields):.0f} ms",
            f"memory {measured.memory_kb[0] // 1024} -> {measured.memory_kb[-1] // 1024} MB, "
            f"highest {max(measured.memory_kb) // 1024} MB, {'flat' if measured.is_flat else 'NOT FLAT'}",
            *sorted(set(measured.errors))[:5],
        ]
    )


def shift(port: int, number: int, is_over: Callable[[], bool], think: tuple[float, float], measured: Measured) -> None:
    """One nurse, patient after patient, until it is over; at least one patient."""
    chance = random.Random(number)
    try:
        with Nurse(port) as nurse:
            time.sleep(chance.uniform(0, think[1]))
            while True:
                _patient(nurse, chance, think, measured)
                if is_over():
                    return
    except Exception as broken:  # whatever stops a nurse is an error of the run, told and counted
        measured.errors.append(f"{type(broken).__name__}: {broken}")


def _patient(nurse: Nurse, chance: random.Random, think: tuple[float, float], measured: Measured) -> None:
    texts = {state.AGE: str(chance.randrange(18, 95)), state.MOTIF_WORDS: chance.choice(REASONS)}
    texts |= {state.of_feature(name): str(chance.randint(*bounds)) for name, bounds in VITALS.items()}
    # Even beside odd: a pulse equal to the pressure would be asked about, and the evaluation refused meanwhile.
    texts[state.of_feature("frequence_cardiaque")] = str(chance.randrange(56, 140, 2))
    texts[state.PRESSURE] = f"{chance.randrange(95, 180, 2)}/{chance.randrange(50, 90)}"
    for key, text in texts.items():
        measured.fields.append(nurse.type(key, text))
        time.sleep(chance.uniform(*think))
    nurse.choose(state.SEXE, chance.choice("FM"))
    measured.empties.append(nurse.rerun())
    measured.submits.append(nurse.press("tri_evaluate"))
    if not any("Médecin" in words for words in nurse.words):
        raise AssertionError(f"no answer on the screen: {len(nurse.words)} texts")
    measured.acknowledged += 1
    time.sleep(chance.uniform(*think))
    nurse.press("verdict_correct")
    nurse.press("tri_next")
    nurse.states.clear()


@contextmanager
def _watched(pid: int, measured: Measured) -> Iterator[None]:
    """Note the server's resident memory twice a second."""
    is_over = threading.Event()

    def watch() -> None:
        while True:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            measured.memory_kb.append(int(status.partition("VmRSS:")[2].split()[0]))
            if is_over.wait(0.5):
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def main(arguments: list[str] | None = None) -> int:
    """Run and report; 0 when everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.run", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--nurses", type=int, default=20)
    told = parser.parse_args(arguments)
    measured = load(told.minutes, told.nurses)
    print(report(measured))
    return 0 if measured.is_held else 1


if __name__ == "__main__":
    raise SystemExit(main())
