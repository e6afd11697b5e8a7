"""SHA-256 of many short texts at once: the frozen split of a million cases without a Python object a case.

FIPS 180-4, on columns of 32-bit words; the digests are those of ``hashlib``, which the tests hold.
"""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

Words = NDArray[np.uint32]
_AT_ONCE = 20_000  # rows whose blocks stand in memory together
_LENGTH_BYTES, _BLOCK = 9, 64  # the mark and the length that end a message; bytes of a block


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _cube_root_bits(prime: int) -> int:
    """The first 32 bits of the fraction of a cube root, in whole numbers."""
    scaled, low, high = prime << 96, 0, 1 << 36
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**3 <= scaled else (low, middle)
    return low & 0xFFFFFFFF


_ROUNDS = np.array([_cube_root_bits(prime) for prime in _primes(64)], dtype=np.uint32)
_START = np.array([math.isqrt(prime << 64) & 0xFFFFFFFF for prime in _primes(8)], dtype=np.uint32)


def digests(prefix: str, texts: "pd.Series[str]") -> Words:
    """SHA-256 of ``prefix`` + each text in UTF-8, as eight words a row, shape ``(n, 8)``; no text may be missing."""
    parts = [_of_part(prefix.encode(), texts.iloc[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty((0, 8), dtype=np.uint32)


def _of_part(prefix: bytes, texts: "pd.Series[str]") -> Words:
    found = np.empty((len(texts), 8), dtype=np.uint32)
    starts, ends, told = _bytes_of(texts)
    blocks = (len(prefix) + (ends - starts) + _LENGTH_BYTES + _BLOCK - 1) // _BLOCK
    for count in np.unique(blocks):
        here = blocks == count
        found[here] = _digest(_padded(prefix, starts[here], ends[here], told, int(count)))
    return found


def _bytes_of(texts: "pd.Series[str]") -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Where each text begins and ends in one run of bytes, and that run."""
    packed = pa.array(texts, type=pa.large_string(), from_pandas=True)
    _, offsets, content = packed.buffers()
    edges = np.frombuffer(offsets, dtype=np.int64)[packed.offset : packed.offset + len(packed) + 1]
    told = np.frombuffer(content, dtype=np.uint8) if content is not None and content.size else np.zeros(1, np.uint8)
    return edges[:-1], edges[1:], told


def _padded(
    prefix: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], told: NDArray[np.uint8], blocks: int
) -> NDArray[np.uint8]:
    """Whole messages, shape ``(n, 64 x blocks)``: prefix, text, the bit 1, zeros, the length in bits."""
    rows, length = np.arange(len(starts)), ends - starts
    message = np.zeros((len(starts), blocks * _BLOCK), dtype=np.uint8)
    message[:, : len(prefix)] = np.frombuffer(prefix, dtype=np.uint8)
    for at in range(int(length.max())):
        has_more = at < length
        message[has_more, len(prefix) + at] = told[starts[has_more] + at]
    message[rows, len(prefix) + length] = 0x80
    bits = ((len(prefix) + length) * 8).astype(">u8")
    message[:, -8:] = bits.view(np.uint8).reshape(-1, 8)
    return message


def _digest(message: NDArray[np.uint8]) -> Words:
    words = np.ascontiguousarray(message.view(">u4").astype(np.uint32).T)
    state = [np.full(len(message), start, dtype=np.uint32) for start in _START]
    for block in range(0, len(words), 16):
        state = [one + more for one, more in zip(state, _compressed(state, words[block : block + 16]), strict=True)]
    return np.stack(state, axis=1)


def _compressed(state: list[Words], block: Words) -> list[Words]:
    a, b, c, d, e, f, g, h = state
    for constant, word in zip(_ROUNDS, _schedule(block), strict=True):
        first = h + (_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)) + ((e & f) ^ (~e & g)) + constant + word
        second = (_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
        a, b, c, d, e, f, g, h = first + second, a, b, c, d + first, e, f, g
    return [a, b, c, d, e, f, g, h]


def _schedule(block: Words) -> Iterator[Words]:
    words = list(block)
    yield from words
    for at in range(16, 64):
        early, late = words[at - 15], words[at - 2]
        one = _turned(early, 7) ^ _turned(early, 18) ^ (early >> np.uint32(3))
        two = _turned(late, 17) ^ _turned(late, 19) ^ (late >> np.uint32(10))
        words.append(words[at - 16] + one + words[at - 7] + two)
        yield words[at]


def _turned(word: Words, bits: int) -> Words:
    turned: Words = (word >> np.uint32(bits)) | (word << np.uint32(32 - bits))
    return turned
