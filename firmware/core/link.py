"""The device's half of the link as a state machine: answers go in, a state and the next call's time come out.

Does not call, sleep or store anything. Times are `now_ms`, ms since boot on a clock that never wraps.
"""

from firmware.core import answer as answers
from firmware.core import schedule
from firmware.core.states import ASKING, EXPIRED, LINKED, REFUSED, TOO_OLD, TROUBLE, WAITING

WINDOW_MS = 86_400_000  # link-api: 24 hours to complete the process

# A wait the platform asks for is taken at its word so often in a row; then the backoff grows beside it, and the longer one
# counts, for a platform that says "1" for a day must not be asked 50,000 times.
_OBEYED = 10

_STATE_OF = {
    answers.WAITING: WAITING,
    answers.TRANSIENT: TROUBLE,
    answers.CLOCK: TROUBLE,
    answers.REDIRECTED: TROUBLE,
    answers.REFUSED: REFUSED,
    answers.TOO_OLD: TOO_OLD,
}


class Link:
    """One device's link. `state` is one of `core.states`, `thing_id` set once linked, else None.

    `detail` says for people what the last answer meant, `was_answered` whether one came at all; `calls` counts
    the answers of this attempt. The first call is due at once.
    """

    def __init__(self, rand):
        self._rand = rand
        self.restart(0)

    def restart(self, now_ms):
        """Open a new attempt, as a power-on or a command does: a call is due at once."""
        self.state = ASKING
        self.detail = ""
        self.was_answered = False
        self.thing_id = None
        self.calls = 0
        self._failures = 0
        self._waiting_since_ms = None
        self._due_ms = now_ms

    def hurry(self, now_ms):
        """Another network was joined, so what failed on the way to the platform may not fail again: ask now."""
        if self.state == TROUBLE and not self.was_answered:
            self._failures = 0
            self._due_ms = now_ms

    def due_ms(self, now_ms):
        """Return the ms until the next call is due, 0 for now, None when none ever is."""
        return None if self._due_ms is None else max(0, self._due_ms - now_ms)

    def answered(self, now_ms, answer):
        """Take in the `answer` to the call that was due, and return the new state."""
        assert self._due_ms is not None, "no call was due"
        self.calls += 1
        self.detail = answer.detail
        self.was_answered = answer.is_reply
        if answer.kind == answers.LINKED:
            self._settle(LINKED, answer.thing_id)
        elif self._due_ms == self._window_end_ms():
            self._settle(EXPIRED)
        else:
            self._ask_again(now_ms, answer)
        return self.state

    def _settle(self, state, thing_id=None):
        self.state = state
        self.thing_id = thing_id
        self._due_ms = None

    def _ask_again(self, now_ms, answer):
        self.state = _STATE_OF[answer.kind]
        if self.state == WAITING and self._waiting_since_ms is None:
            self._waiting_since_ms = now_ms
        self._due_ms = now_ms + self._wait_ms(now_ms, answer)
        self._failures = self._failures + 1 if self.state == TROUBLE else 0
        # The last call comes just as the window ends, so that no claim inside it is missed.
        window_end_ms = self._window_end_ms()
        if window_end_ms is not None:
            self._due_ms = min(self._due_ms, window_end_ms)

    def _wait_ms(self, now_ms, answer):
        if self.state == WAITING:
            return schedule.waiting_ms(now_ms - self._waiting_since_ms, self._rand)
        if self.state == REFUSED:
            return schedule.refused_ms(self._rand)
        if self.state == TOO_OLD:
            return schedule.too_old_ms(self._rand)
        if answer.retry_after_ms is None:
            return schedule.backoff_ms(self._failures, self._rand)
        wait_ms = schedule.after_retry_after_ms(answer.retry_after_ms, self._rand)
        if self._failures >= _OBEYED:
            wait_ms = max(wait_ms, schedule.backoff_ms(self._failures - _OBEYED, self._rand))
        return wait_ms

    def _window_end_ms(self):
        # The platform's window opens when it first says "waiting for app", and no later call stretches
        # it. Before that answer there is no window: an outage of days must not use it up.
        return None if self._waiting_since_ms is None else self._waiting_since_ms + WINDOW_MS
