"""How long to wait before the next link call, in ms, for each thing an answer may have said.

Does not keep state and has no clock: `rand` is a callable that returns a float in [0, 1).
"""

BACKOFF_BASE_MS = 2_000
BACKOFF_CAP_MS = 300_000
RETRY_AFTER_CAP_MS = 3_600_000
REFUSED_MS = 3_600_000
TOO_OLD_MS = 86_400_000

_JITTER = 0.1
_WAITING_MAX_MS = 818_000  # with its jitter just under 15 min


def waiting_ms(elapsed_ms, rand):
    """Return the wait while the app has not called, `elapsed_ms` after the first such answer.

    5 s in the first 2 min, 15 s up to 10 min, then twice as long each time up to 15 min; +-10 %, within those 15 min, so
    that no claim takes longer to be noticed. A wait of 24 h takes about 165 calls: 24, 32, 5 while growing, and 104 at the
    longest wait.
    """
    if elapsed_ms < 120_000:
        wait_ms = 5_000
    elif elapsed_ms < 600_000:
        wait_ms = 15_000
    else:
        # Waiting for as long as the growth has lasted is what doubles the wait each time.
        wait_ms = min(30_000 + elapsed_ms - 600_000, _WAITING_MAX_MS)
    return _jittered(wait_ms, rand)


def backoff_ms(attempt, rand):
    """Return the wait after failure `attempt` in a row, the first being 0: full jitter, 2 s to a cap of 300 s."""
    ceiling_ms = BACKOFF_BASE_MS
    while attempt and ceiling_ms < BACKOFF_CAP_MS:
        ceiling_ms *= 2
        attempt -= 1
    return int(min(ceiling_ms, BACKOFF_CAP_MS) * rand())


def after_retry_after_ms(asked_ms, rand):
    """Return the wait for a `Retry-After` of `asked_ms`: never sooner, never above 1 h.

    Up to 10 % is added so that a fleet told the same does not come back as one. What is asked beyond
    1 h cannot be granted; it is spread over the last 10 % below 1 h.
    """
    if asked_ms > RETRY_AFTER_CAP_MS:
        return int(RETRY_AFTER_CAP_MS * (1 - _JITTER * rand()))
    asked_ms = max(asked_ms, 1_000)
    return min(int(asked_ms * (1 + _JITTER * rand())), RETRY_AFTER_CAP_MS)


def refused_ms(rand):
    """Return the wait after the credential or the serial was refused: 1 h +-10 %."""
    return _jittered(REFUSED_MS, rand)


def too_old_ms(rand):
    """Return the wait after the platform called this firmware too old: 1 day +-10 %."""
    return _jittered(TOO_OLD_MS, rand)


def _jittered(wait_ms, rand):
    return int(wait_ms * (1 + _JITTER * (2 * rand() - 1)))
