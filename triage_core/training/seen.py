"""Whether something stood in an earlier part of a table, eight bytes each, whatever the table's length."""

import numpy as np
from numpy.typing import NDArray

from triage_core.training.digests import Words

Numbers = NDArray[np.uint64]


def numbers_of(hashed: Words) -> Numbers:
    """64 bits of each digest, other ones than those that part the frozen rows."""
    numbers: Numbers = (hashed[:, 4].astype(np.uint64) << np.uint64(32)) | hashed[:, 5]
    return numbers


class Seen:
    """Numbers that stand for cases or rows; two things of one number are taken for one (2 in 10^8 for a million)."""

    def __init__(self) -> None:
        self._before: list[Numbers] = []

    def before(self, numbers: Numbers) -> NDArray[np.bool_]:
        """Whether each number was given in an earlier call; these are remembered from here on."""
        found = np.zeros(len(numbers), dtype=np.bool_)
        for earlier in self._before:
            place = np.minimum(np.searchsorted(earlier, numbers), len(earlier) - 1)
            found |= earlier[place] == numbers
        if len(numbers):
            self._remember(np.sort(numbers))
        return found

    def _remember(self, numbers: Numbers) -> None:
        """Keep few sorted runs: one as long as the last two together takes their place."""
        self._before.append(numbers)
        while len(self._before) > 1 and len(self._before[-2]) <= len(self._before[-1]):
            last = self._before.pop()
            self._before[-1] = np.sort(np.concatenate([self._before[-1], last]))
