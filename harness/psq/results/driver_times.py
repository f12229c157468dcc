"""What a driver itself takes, apart from the implementation, as the suite measured it at the start."""

from __future__ import annotations

from psq.results.run import Record


def in_microseconds(driver: Record) -> str:
    """The record as an option of the suite has it; empty when nothing was measured."""
    if not driver:
        return ""
    items = [f"{each['size']}:{each['build_us']}:{each['check_us']}" for each in driver["items"]]
    return ",".join([str(driver["round_trip_us"]), *items])


def checked(driver: Record) -> Record:
    """The record itself; raises ValueError when it is none."""
    try:
        in_microseconds(driver)
        in_words(driver)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no times of a driver: {error!r}") from error
    return driver


def in_words(driver: Record) -> str:
    """One sentence for a person; empty when nothing was measured."""
    if not driver:
        return ""
    items = [
        f"{_size(each['size'])} {_time(each['build_us'])} and {_time(each['check_us'])}"
        for each in driver["items"]
    ]
    sentence = f"the driver itself: a round trip takes {_time(driver['round_trip_us'])}"
    return sentence + ("; making and checking an item of " + ", ".join(items) if items else "")


def _time(microseconds: int) -> str:
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= size:
            return f"{microseconds / size:.3g} {unit}"
    return f"{microseconds} us"


def _size(size: int) -> str:
    for unit, power in (("MiB", 20), ("KiB", 10)):
        if size >= 1 << power:
            return f"{size >> power} {unit}"
    return f"{size} B"
