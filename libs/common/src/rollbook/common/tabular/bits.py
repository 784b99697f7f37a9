"""One bit per byte of a buffer, in words of 64: where certain bytes are, and arithmetic on that.

Bits and not bytes, and made window by window, because the large temporary arrays of the plain way are what
costs time: 8 MB with every cell quoted took 36 ms with byte masks.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Bits = NDArray[np.uint64]
Positions = NDArray[np.int64]

_WINDOW: Final = 128 * 1024
_WORD: Final = np.dtype("<u8")
_ALL: Final = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
_ONE: Final = np.uint64(1)
_TOP: Final = np.uint64(63)


def bits_of(array: Bytes, byte: int) -> Bits:
    """Where `byte` stands."""
    return _bits_where(array, lambda window: window == byte)


def bits_outside_ascii(array: Bytes) -> Bits:
    """Where a byte of 0x80 or above stands."""
    return _bits_where(array, lambda window: window >= 0x80)


def _bits_where(array: Bytes, test: Callable[[Bytes], NDArray[np.bool_]]) -> Bits:
    bits = np.zeros(-(-len(array) // 64), _WORD)
    packed = bits.view(np.uint8)
    for at in range(0, len(array), _WINDOW):
        window = np.packbits(test(array[at : at + _WINDOW]), bitorder="little")
        packed[at // 8 : at // 8 + len(window)] = window
    return bits


def bits_at(positions: Positions, length: int) -> Bits:
    """The given positions of a buffer of `length` bytes."""
    bits = np.zeros(-(-length // 64), _WORD)
    np.bitwise_or.at(bits, positions >> 6, _ONE << (positions & 63).astype(np.uint64))
    return bits


def positions_of(bits: Bits, length: int) -> Positions:
    """The positions that are set, ascending."""
    packed = bits.view(np.uint8)
    found = []
    for at in range(0, length, _WINDOW):
        window = packed[at // 8 : (at + _WINDOW) // 8]
        if not window.any():
            continue
        flags = np.unpackbits(window, count=min(_WINDOW, length - at), bitorder="little").view(np.bool_)
        found.append(np.flatnonzero(flags) + at)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def count_before(bits: Bits, offsets: Positions) -> Positions:
    """How many positions below each offset are set; far cheaper than finding them all."""
    ones = np.zeros(len(bits) + 1, np.int64)
    np.cumsum(np.bitwise_count(bits), out=ones[1:])
    word, bit = offsets >> 6, (offsets & 63).astype(np.uint64)
    below = np.append(bits, np.uint64(0))[word] & ((_ONE << bit) - _ONE)
    counts: Positions = ones[word] + np.bitwise_count(below)
    return counts


def just_after(bits: Bits) -> Bits:
    """The positions one after those that are set."""
    moved = bits << _ONE
    moved[1:] |= bits[:-1] >> _TOP
    return moved


def just_before(bits: Bits) -> Bits:
    """The positions one before those that are set."""
    moved = bits >> _ONE
    moved[:-1] |= bits[1:] << _TOP
    return moved


def between_pairs(bits: Bits) -> Bits:
    """Set from the first, third, fifth… set position up to just before the next one: the prefix XOR."""
    words = bits.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        words ^= words << np.uint64(shift)
    odd = (words >> _TOP).astype(np.uint8)
    words[1:] ^= np.bitwise_xor.accumulate(odd)[:-1].astype(np.uint64) * _ALL
    return words


def is_set(bits: Bits, position: int) -> bool:
    """Whether one position is set."""
    return bool(bits[position >> 6] >> np.uint64(position & 63) & _ONE)
