"""Finishes an update that was sent whole, and puts /lib before the modules frozen into the image: those verify nothing.

Nothing else belongs here: when boot.py raises, main.py is not run. An update brings its boot.py first, so each has to
boot the program before and the one after.
"""

import os
import sys

_DONE_BEFORE = (2, 17)  # ENOENT: moved or removed; EEXIST: made


def _finish_update():
    """Carry out the plan. Where power goes in the middle of it, the next boot goes on."""
    try:
        # Also has littlefs settle a move that was cut short; until then it does not find the file listed behind that.
        os.remove("/next/plan.tmp")
    except OSError:
        pass
    with open("/next/plan") as plan:
        steps = plan.readlines()
    for step in steps:
        source, path = step.split()
        try:
            if source == "-":
                os.remove(path)
            elif source == "/":
                os.mkdir(path)
            else:
                os.rename("/next/" + source, path)
        except OSError as error:
            if error.errno not in _DONE_BEFORE:
                raise
    os.remove("/next/plan")
    os.rmdir("/next")


try:
    _finish_update()
except (OSError, ValueError):
    pass  # there is none, as nearly always; or flash fails, and the next boot tries again

while "/lib" in sys.path:
    sys.path.remove("/lib")
sys.path.insert(0, "/lib")
