"""Reads the `Retry-After` header: a number of seconds or an HTTP date (RFC 9110, 10.2.3 and 5.6.7).

Does not fetch the time: whoever calls says what time it is.
"""

_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS_BEFORE_1970 = 719_468  # from 0000-03-01, where the count of days below begins


def parse(value, epoch_s=None):
    """Return the wait in ms, more than 0, that the header text `value` asks for; None if it asks for none.

    `epoch_s` is now in Unix seconds, or None while the clock is not set: a date then says nothing.
    So does a date that has passed, as in a page kept by a cache: the caller's own backoff applies.
    """
    text = value.strip()
    try:
        if text.isdigit():
            wait_s = int(text)
        elif epoch_s is None:
            return None
        else:
            wait_s = _date_s(text, epoch_s) - epoch_s
    except ValueError:
        return None
    return wait_s * 1000 if wait_s > 0 else None


def _date_s(text, epoch_s):
    """Return an HTTP date in Unix seconds; its three forms differ in their number of words."""
    words = text.split()
    if len(words) == 6:  # Sun, 06 Nov 1994 08:49:37 GMT
        _, day, month, year, clock, zone = words
        year = _number(year)
    elif len(words) == 4:  # Sunday, 06-Nov-94 08:49:37 GMT
        _, date, clock, zone = words
        day, month, short_year = date.split("-")
        year = _full_year(_number(short_year), epoch_s)
    elif len(words) == 5:  # Sun Nov  6 08:49:37 1994
        _, month, day, clock, year = words
        year, zone = _number(year), "GMT"
    else:
        raise ValueError("not an HTTP date")
    if zone != "GMT" or month not in _MONTHS:
        raise ValueError("not an HTTP date")
    return _days(year, _MONTHS.index(month), _number(day)) * 86_400 + _second_of_day(clock)


def _full_year(short_year, epoch_s):
    # RFC 9110, 5.6.7: a year that seems more than 50 years ahead is the last one with those digits.
    this_year = 1970 + epoch_s // 31_556_952
    year = this_year - this_year % 100 + short_year
    return year - 100 if year > this_year + 50 else year


def _days(year, month, day):
    """Return the days from 1970-01-01 to a date of the Gregorian calendar; `month` counts from 0."""
    leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _DAYS_IN_MONTH[month] + leap:
        raise ValueError("no such day")
    # Years that begin in March put the leap day last, so that no month has to ask for it.
    year, month = (year, month - 2) if month > 1 else (year - 1, month + 10)
    year_days = 365 * year + year // 4 - year // 100 + year // 400
    return year_days + (153 * month + 2) // 5 + day - 1 - _DAYS_BEFORE_1970


def _second_of_day(clock):
    hour, minute, second = [_number(part) for part in clock.split(":")]
    if hour > 23 or minute > 59 or second > 60:  # 60 is a leap second
        raise ValueError("no such time")
    return hour * 3600 + minute * 60 + second


def _number(text):
    # int() alone also takes signs, blanks and underscores.
    if not text.isdigit():
        raise ValueError("not a number")
    return int(text)
