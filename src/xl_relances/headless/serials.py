"""Dates as Excel counts them: days since an epoch, in two systems.

The 1900 system counts a 29 February 1900 that never was. Up to that day Excel shows a cell
one day later than it hands it to programs, which count from 30 December 1899 throughout;
so does this engine. The 1904 system (old Macs) starts on 1 January 1904 with serial 0.
"""

from __future__ import annotations

import datetime as dt

_EPOCH_1900 = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)
_DAY = 86_400_000
LAST_SERIAL = 2_958_466
"""The day after 31 December 9999."""


def to_datetime(serial: float, date1904: bool) -> dt.datetime | None:
    """The moment of a serial, to the millisecond; None outside the years Excel shows.

    A serial below 1 is a time of day, given on the epoch's day as COM does.
    """
    last = LAST_SERIAL - 1462 if date1904 else LAST_SERIAL
    if not 0 <= serial < last:
        return None
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    milliseconds = min(round(serial * _DAY), last * _DAY - 1)
    return epoch + dt.timedelta(milliseconds=milliseconds)


def to_serial(moment: dt.date, date1904: bool) -> float:
    """Serial of a date or a datetime (its time zone is cut off, as xlwings does)."""
    if isinstance(moment, dt.datetime):
        moment = moment.replace(tzinfo=None)
    else:
        moment = dt.datetime(moment.year, moment.month, moment.day)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    serial = (moment - epoch) / dt.timedelta(days=1)
    if serial < 0:
        raise ValueError(f"no Excel date: {moment}")
    return int(serial) if serial == int(serial) else serial
