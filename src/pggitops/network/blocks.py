"""Address ranges as intervals: what an `ipBlock` with its exceptions lets through, IPv4 and IPv6 apart."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Iterable

Interval = tuple[int, int, int]
"""The family (4 or 6), the first and the last address, as numbers."""

Block = tuple[str, tuple[str, ...]]
"""An `ipBlock`: its range, and what is excepted from it."""


@functools.lru_cache(maxsize=4096)
def interval(cidr: str) -> Interval | None:
    """The addresses of a range or of a single address; None for what is neither. Host bits do not count."""
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


def _minus(whole: Iterable[Interval], less: Interval) -> list[Interval]:
    """What remains of intervals once one is taken out."""
    family, low, high = less
    left = []
    for each in whole:
        own, first, last = each
        if own != family or last < low or high < first:
            left.append(each)
            continue
        if first < low:
            left.append((own, first, low - 1))
        if high < last:
            left.append((own, high + 1, last))
    return left


@functools.lru_cache(maxsize=4096)
def opened(block: Block) -> tuple[Interval, ...]:
    """The addresses an `ipBlock` lets through."""
    cidr, exceptions = block
    whole = interval(cidr)
    if whole is None:
        return ()
    left = [whole]
    for each in exceptions:
        gap = interval(each)
        if gap is not None:
            left = _minus(left, gap)
    return tuple(left)


@functools.lru_cache(maxsize=4096)
def overlap(block: Block, cidrs: tuple[str, ...], without: tuple[str, ...] = ()) -> bool:
    """Whether an `ipBlock` lets any address of these ranges through, one of `without` aside."""
    passed = list(opened(block))
    for gap in map(interval, without):
        passed = passed if gap is None else _minus(passed, gap)
    wanted = [each for each in map(interval, cidrs) if each is not None]
    return any(
        own == family and first <= high and low <= last for family, low, high in wanted for own, first, last in passed
    )


@functools.lru_cache(maxsize=4096)
def covered(cidrs: tuple[str, ...], blocks: tuple[Block, ...]) -> bool:
    """Whether the blocks together let every address of these ranges through."""
    left = [each for each in map(interval, cidrs) if each is not None]
    for block in blocks:
        for gap in opened(block):
            left = _minus(left, gap)
    return not left


@functools.lru_cache(maxsize=4096)
def size_bits(cidr: str) -> int:
    """How many bits of a range are free: 32 is all of IPv4, 128 all of IPv6; 0 for what is no range."""
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return 0
    return network.max_prefixlen - network.prefixlen


@functools.lru_cache(maxsize=1024)
def is_everything(cidr: str) -> bool:
    """Whether a range holds every address of its family."""
    try:
        return ipaddress.ip_network(cidr, strict=False).prefixlen == 0
    except ValueError:
        return False
