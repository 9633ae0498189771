"""This life of the scale: its clock, its watchdog, how it ends, and what the next one is told.

Which end is a crash, and how long to pause after it, is decided in `core.lives`.
"""

import console
import failure

from firmware import release
from firmware.core import lives
from firmware.hw import chip
from firmware.hw.clock import Clock

# Beyond a link call: a name server that does not answer holds everything up for some 15 s, once for each host.
_WATCHDOG_MS = 90_000
_LINES_KEPT = 15
_CLEANED_CHARS = 500  # a longer reason takes memory that a crash may not have left
_FORGETTING = "forgetting Wi-Fi and link"

_log = console.Log("life")


class Life:
    """Begins when it is made. `records` are the `services.records.Records`."""

    def __init__(self, records):
        self.clock = Clock(release.BUILT_AT_S)
        console.use_clock(self.clock.uptime_ms)
        self._records = records
        self._dog = chip.Watchdog()
        self._lives = lives.Lives(chip.memory())
        self._lives.begin(chip.cause())
        self._remember()
        self.radio_resets = self._lives.radio_resets
        self.feed, self.park = self._dog.feed, self._dog.park
        if self._lives.was_crash:
            _log.warn(f"the last one ended by {self._lives.ended}")
            self._keep_crash(self._lives.ended, None)

    def ended(self):
        """Return why the life before this one ended."""
        return self._lives.ended

    def was_forgotten(self):
        """Tell whether the button was held to end the life before: the finger may still be on it."""
        return self._lives.ended == _FORGETTING

    def is_safe(self):
        """Tell whether this has to be a visit to safe mode."""
        return self._lives.is_safe()

    def safe_ms(self):
        """Return how long a visit to safe mode lasts."""
        return self._lives.safe_ms()

    def watch(self, link_deadline_ms):
        """Start the watchdog; no step of the firmware blocks for longer than it waits."""
        self._dog.start(_WATCHDOG_MS + link_deadline_ms)

    def settled(self):
        """This life has lasted."""
        self._lives.settled()
        self._remember()

    def suspects(self, why):
        """A job hangs, and the watchdog will bite."""
        self._lives.suspects(why)
        self._remember()

    def stopped(self):
        """An engineer has stopped the firmware, and must not be bitten."""
        self.park()
        self._lives.ends("a stop at the REPL")
        self._remember()

    def forget(self):
        """Forget Wi-Fi and link, and start over; whatever it died of may be gone with them."""
        if self._records.forget():
            self._lives.settled()
            self._end(_FORGETTING)

    def radio_reset(self, resets):
        """The radio does not join, and a reset is what is left to try, for so many times in a row."""
        self._end("a radio that did not join", resets)

    def leave_safe_mode(self):
        """Try again whether the firmware lives."""
        self._lives.leaves_safe()
        self._remember()
        chip.reset()

    def crashed(self, why):
        """Keep what is known of a crash, pause, and start over."""
        why = console.clean(why[:_CLEANED_CHARS])[: lives.MAX_WHY_CHARS]
        self._lives.ends(why, is_crash=True)
        self._remember()
        _log.error(f"ended by {why}")
        self._keep_crash(why, self.clock.uptime_ms() // 1000)
        pause_ms = self._lives.pause_ms()
        _log.info(f"starting over in {pause_ms // 1000} s")
        self._dog.feed()
        chip.rest_ms(pause_ms)
        chip.reset()

    def _end(self, why, radio_resets=0):
        self._lives.ends(why, radio_resets=radio_resets)
        self._remember()
        chip.reset()

    def _remember(self):
        chip.remember(self._lives.to_bytes())

    def _keep_crash(self, why, uptime_s):
        """To flash, unless it cannot be: the reason outlives the reset all the same, and the next life keeps it."""
        try:
            self._keep(why, uptime_s)
        except (MemoryError, OSError, ImportError) as error:
            _log.warn(f"the crash is not stored: {failure.phrase(error)}")

    def _keep(self, why, uptime_s):
        """Unless the same crash is there already: a row of them must not wear the flash out."""
        before = self._records.load("crash")[0]
        is_told_again = uptime_s is None and self._lives.was_announced
        if before is not None and before.why == why and (is_told_again or self._lives.short > 1):
            return
        lines = console.recent()[-_LINES_KEPT:] if uptime_s is not None else []
        record = {"why": why, "at_s": max(0, self.clock.now_s()), "lines": lines}
        if uptime_s is not None:
            record["uptime_s"] = uptime_s
        self._records.keep_crash(record)
