"""Which motifs a whole text resembles: a linear score of its words and their pieces, learned from examples.

The table of words says what may name a motif; where it names several, or none, the likeness to what nurses write
(``examples.toml``) chooses. The weights are fitted by ``python -m triage_core.training.fit_motifs``.
"""

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from triage_core.motifs.ages import AgeRange

EXAMPLES = Path(__file__).with_name("examples.toml")
PACKAGED = Path(__file__).with_name("weights.npz")
PIECES = (3, 4)  # letters
_AGES = ((0.25, "nouveau-ne"), (2.0, "nourrisson"), (15.0, "enfant"), (65.0, "adulte"), (float("inf"), "aine"))

Floats = NDArray[np.float32]
Terms = tuple[frozenset[str], frozenset[str]]  # the words and what frames them, the pieces of words


@dataclass(frozen=True)
class Told:
    """A word of a text by its stem, and whether it counts: what is denied, or a relative's, does not."""

    stem: str
    counts: bool


def terms_of(clauses: Sequence[Sequence[Told]], ages: AgeRange | None, values: Collection[str]) -> Terms:
    """The terms of a text: words alone and in pairs, its age class, the motifs its values hint; pieces of its words."""
    words: set[str] = {f"={motif}" for motif in values}
    if ages is not None:
        words.add(f"@{next(name for limit, name in _AGES if ages.high < limit)}")
    pieces: set[str] = set()
    for clause in clauses:
        names = [_name(told) for told in clause]
        words.update(names)
        words.update(f"{one} {other}" for one, other in pairwise(names))
        pieces.update(piece for told in clause if told.counts for piece in _pieces(told.stem))
    return frozenset(words), frozenset(pieces)


def _name(told: Told) -> str:
    if told.stem.isdigit():
        return "#"
    return told.stem if told.counts else f"!{told.stem}"


def _pieces(stem: str) -> Iterator[str]:
    padded = f" {stem} "
    for length in PIECES:
        yield from (padded[at : at + length] for at in range(len(padded) - length + 1))


@dataclass(frozen=True)
class LearnedMotifs:
    """The weights: of each term (by block of ``Terms``) its place and rarity, of each place a weight a motif.

    ``weights`` (terms, motifs) are whole numbers in -127..127, ``scale`` (motifs,) is what one of them is worth.
    """

    motifs: tuple[str, ...]
    places: tuple[Mapping[str, int], ...]
    rarity: Floats
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats

    def log_chances(self, terms: Terms) -> Floats:
        """The natural logarithm of each motif's chance, shape (motifs,): the less alike, the further below 0."""
        margins = self.bias.copy()
        for known, told in zip(self.places, terms, strict=True):
            if places := sorted(known[term] for term in told if term in known):
                shares = self.rarity[places]
                shares = shares / np.sqrt((shares**2).sum())
                margins += self.scale * (shares @ self.weights[places].astype(np.float32))
        margins -= margins.max()
        return np.asarray(margins - np.log(np.exp(margins).sum()), dtype=np.float32)


UNLEARNED = LearnedMotifs(
    (), ({}, {}), np.empty(0, np.float32), np.empty((0, 0), np.int8), np.empty(0, np.float32), np.empty(0, np.float32)
)  # the table ranks alone


def load_learned(path: Path = PACKAGED) -> LearnedMotifs:
    """Read the weights; ``OSError``, ``KeyError`` or ``ValueError`` when the file is none of ours."""
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as told:
            blocks = [str(told[name]).split("\n") for name in ("words", "pieces")]
            motifs = tuple(str(told["motifs"]).split("\n"))
            rarity, weights, scale, bias = (told[name] for name in ("rarity", "weights", "scale", "bias"))
    except (EOFError, AttributeError, BadZipFile, zlib.error) as damaged:
        raise ValueError(f"{path.name} is no file of weights") from damaged
    shapes = weights.shape == (len(rarity), len(motifs)) and scale.shape == bias.shape == (len(motifs),)
    if not shapes or sum(map(len, blocks)) != len(rarity):
        raise ValueError(f"{path.name}: {weights.shape} weights for {len(rarity)} terms and {len(motifs)} motifs")
    words, pieces = blocks
    places = {term: at for at, term in enumerate(words)}, {term: len(words) + at for at, term in enumerate(pieces)}
    return LearnedMotifs(motifs, places, rarity, weights, scale, bias)
