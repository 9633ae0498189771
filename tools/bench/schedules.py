"""When a crowd of devices asks again after a failure: the firmware's own rule and what others do, for arrays of devices.

Numbers of the firmware's rule are never copied: `core.schedule` is asked for them. The platform is `crowd`.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from firmware.core import schedule as core

_MAX_FAILURES = 32  # the firmware's backoff has long reached its cap by then


class Schedule(Protocol):
    """A rule. `is_greedy` tells that it asks so often that a crowd of it is simulated as a sample."""

    name: str
    is_greedy: bool

    def waits_ms(self, failures: Any, last_ms: Any, retry_after_ms: int | None, rand: Any) -> Any:
        """The waits after so many `failures` in a row, the last of which was `last_ms` long; `rand` in [0, 1)."""
        ...


class Ours:
    """The firmware's rule: straight in its random number, so the waits at 0 and at 1 say all there is to know."""

    name = "ours: full jitter"
    is_greedy = False

    def __init__(self, rules: Any = core) -> None:
        self._rules = rules
        self._low = np.array([rules.backoff_ms(failures, lambda: 0.0) for failures in range(_MAX_FAILURES)])
        self._high = np.array([rules.backoff_ms(failures, lambda: 1.0) for failures in range(_MAX_FAILURES)])

    def waits_ms(self, failures: Any, last_ms: Any, retry_after_ms: int | None, rand: Any) -> Any:
        """As `core.link` waits in trouble."""
        if retry_after_ms is not None:
            low, high = (self._rules.after_retry_after_ms(retry_after_ms, lambda end=end: end) for end in (0.0, 1.0))
        else:
            step = np.minimum(failures, _MAX_FAILURES - 1)
            low, high = self._low[step], self._high[step]
        return np.floor(low + (high - low) * rand)


class Jitterless(Ours):
    """The firmware's rule with its jitter taken out: what the bench has to notice."""

    name = "ours, jitter removed"

    def waits_ms(self, failures: Any, last_ms: Any, retry_after_ms: int | None, rand: Any) -> Any:
        """The middle of what the firmware might wait."""
        return super().waits_ms(failures, last_ms, retry_after_ms, np.full_like(rand, 0.5))


class Fixed:
    """The same wait each time."""

    is_greedy = True

    def __init__(self, seconds: float) -> None:
        self.name = f"fixed {seconds:g} s"
        self._wait_ms = seconds * 1000

    def waits_ms(self, failures: Any, last_ms: Any, retry_after_ms: int | None, rand: Any) -> Any:
        """Always the same."""
        return np.full_like(rand, self._wait_ms)


class Growing:
    """From `first_s` on by a `factor` each time up to `cap_s`, no jitter."""

    def __init__(self, name: str, first_s: float, factor: float, cap_s: float) -> None:
        self.name = name
        self.is_greedy = cap_s < 60
        self._first_ms, self._factor, self._cap_ms = first_s * 1000, factor, cap_s * 1000

    def waits_ms(self, failures: Any, last_ms: Any, retry_after_ms: int | None, rand: Any) -> Any:
        """The same for all that failed equally often."""
        steps = np.minimum(failures, 64).astype(float)
        return np.minimum(self._first_ms * self._factor**steps, self._cap_ms)


class Decorrelated:
    """Between the base and three times the last wait, with the firmware's own base and cap."""

    name = "decorrelated jitter"
    is_greedy = False

    def waits_ms(self, failures: Any, last_ms: Any, retry_after_ms: int | None, rand: Any) -> Any:
        """Drawn from a range that the last wait sets."""
        top = 3 * np.maximum(last_ms, core.BACKOFF_BASE_MS)
        return np.minimum(core.BACKOFF_BASE_MS + (top - core.BACKOFF_BASE_MS) * rand, core.BACKOFF_CAP_MS)


def all_of_them() -> list[Schedule]:
    """Ours first, then what others do; they heed no Retry-After."""
    base_s, cap_s = core.BACKOFF_BASE_MS / 1000, core.BACKOFF_CAP_MS / 1000
    return [
        Ours(),
        Decorrelated(),
        Growing("plain exponential", base_s, 2.0, cap_s),
        Growing("x1.2 up to 5 s", 0.5, 1.2, 5.0),
        Fixed(5),
    ]
