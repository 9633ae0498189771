"""The lives of a scale, from one reset to the next: what it remembers of the last one, and when it has died too often.

Does not reset and does not touch the memory that outlives a reset: bytes go in, bytes come out. Times are ms.
"""

import json

# How the chip came to life.
POWER_ON = "power-on"
HARD = "reset"
WATCHDOG = "watchdog"
SOFT = "soft reset"

# A life that lasts this long was worth living.
SETTLED_MS = 60_000
MAX_SHORT = 5
MAX_WHY_CHARS = 120

_PAUSE_MS, _PAUSE_CAP_MS = 2_000, 60_000
_SAFE_MS, _SAFE_CAP_MS = 600_000, 3_600_000
_JOB_PAUSE_MS, _JOB_PAUSE_CAP_MS = 1_000, 300_000
JOB_LIVED_MS = 600_000
MAX_JOB_DEATHS = 8

_FIELDS = ("short", "safe", "radio_resets")
_UNSAID = {
    POWER_ON: "power-on, or the supply broke down",
    HARD: "reset from outside, or a panic",
    WATCHDOG: "the watchdog: nothing moved any more",
    SOFT: "soft reset",
}


class Lives:
    """What is remembered: `short` lives in a row, visits to `safe` mode since the last long one.

    `radio_resets` is how many lives in a row ended for the radio's sake. `ended` says why the last life ended, `was_crash`
    whether it ought not to have, `was_announced` whether that life said so itself.
    """

    def __init__(self, memory=b""):
        """Take what `to_bytes` gave in the last life; anything else, as after a loss of power, is a fresh start."""
        self.short = 0
        self.safe = 0
        self.radio_resets = 0
        self.ended = ""
        self.was_crash = self.was_announced = False
        self._radio_resets = 0
        self._why = None
        self._is_crash = True
        self._is_known = self._take(memory)

    def _take(self, memory):
        try:
            found = json.loads(memory)
            numbers = [found[name] for name in _FIELDS]
            why, is_crash = found["why"], found["crash"]
        except (ValueError, KeyError, TypeError):
            return False
        if not all(isinstance(number, int) and 0 <= number < 1_000 for number in numbers):
            return False
        self.short, self.safe, self.radio_resets = numbers
        self._why, self._is_crash = why, is_crash
        return True

    def to_bytes(self):
        """Return what to remember."""
        record = {"short": self.short, "safe": self.safe, "radio_resets": self._radio_resets}
        record["why"], record["crash"] = self._why, self._is_crash
        return json.dumps(record).encode()

    def begin(self, cause):
        """A life begins, for a `cause` above. It counts as short until `settled`, or until it `ends` as it should."""
        self.ended = self._why or _UNSAID[cause]
        self.was_announced = self._why is not None
        # Blank memory is what a loss of power leaves; with it, power-on is no crash and a soft reset never is one.
        self.was_crash = self._is_crash and (self._is_known or cause == WATCHDOG) and cause != SOFT
        self._why, self._is_crash = None, True
        self.short += 1

    def is_safe(self):
        """Tell whether so many short lives came before this one that it has to be a safe one."""
        return self.short > MAX_SHORT

    def settled(self):
        """This life has lasted."""
        self.short = self.safe = 0

    def suspects(self, why):
        """Something hangs; if the watchdog bites, this is the reason."""
        self._why = why[:MAX_WHY_CHARS]

    def ends(self, why, is_crash=False, radio_resets=0):
        """This life ends for the reason `why`: as it should, by a crash, or for the radio's sake so often in a row."""
        self._why, self._is_crash, self._radio_resets = why[:MAX_WHY_CHARS], is_crash, radio_resets
        if not is_crash:
            self.short = max(0, self.short - 1)

    def leaves_safe(self):
        """A visit to safe mode is over; the next life has one try."""
        self.ends("a visit to safe mode")
        self.safe += 1
        self.short = MAX_SHORT - 1

    def pause_ms(self):
        """Return how long to wait before the reset after a crash: twice as long each time."""
        return min(_PAUSE_MS << max(0, self.short - 1), _PAUSE_CAP_MS)

    def safe_ms(self):
        """Return how long this visit to safe mode lasts: 10 min, then twice as long each time, at most an hour."""
        return min(_SAFE_MS << min(self.safe, 8), _SAFE_CAP_MS)


def job_pause_ms(deaths):
    """Return the pause before a job that died is started again, after so many deaths in a row."""
    return min(_JOB_PAUSE_MS << min(deaths - 1, 10), _JOB_PAUSE_CAP_MS)
