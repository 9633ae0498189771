"""What the LED shows: a pattern for each thing an owner has to know, as ms on, off, on, off and so on, over and over.

Does not switch a pin. Nobody has to count above three: quick is busy, slow waits for the owner, steady is done.
"""

SETUP = (1_000, 1_000)
JOINING = (150, 150)
WAITING = (150, 200, 150, 1_500)
TROUBLE = (60, 1_940)
LINKED = (10_000,)  # steady
SAFE = (150, 150, 150, 150, 150, 1_250)

_WAITING_FROM = 4  # stages of `core.progress` done, with the app's claim to come


def pattern(progress, is_joined):
    """Return the pattern for `progress`, a `core.progress.Progress`, or None while no network is known."""
    if progress is None:
        return SETUP
    if progress.is_done():
        return LINKED if is_joined else JOINING
    if progress.trouble:
        return TROUBLE
    return WAITING if progress.reached == _WAITING_FROM else JOINING


def count_down(held_ms):
    """Return the pattern after the button has been held so long: from 3 s on ever quicker, up to 10 s."""
    half_ms = max(40, (10_000 - held_ms) // 20)
    return (half_ms, half_ms)
