"""Starts the firmware, or says in one line why it cannot. It returns to the REPL only when the firmware stops."""

import sys

if sys.implementation.version[:2] < (1, 24):
    print("boot: this firmware needs MicroPython 1.24 or later; flash a newer image")
else:
    from firmware import app

    app.run()
