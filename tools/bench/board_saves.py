"""Runs the firmware as it is and prints each file that it opens for writing, for the bench.

It changes nothing, and costs no time.
"""

import builtins

_open = builtins.open


def _opened(path, mode="r", *details):
    if mode.strip("rbt"):
        print("SAVE", path)
    return _open(path, mode, *details)


builtins.open = _opened

from firmware import app

app.run()
