"""Finishes an update that was sent whole, and puts /lib before the modules frozen into the image: those verify nothing.

Nothing else belongs here: when boot.py raises, main.py is not run. An update brings its boot.py first, so each has to
boot the program before and the one after. Where power goes in the middle of the plan, the next boot goes on.
"""

import gc
import os
import sys

try:
    # Also has littlefs settle a move that was cut short; until then it does not find the file listed behind that.
    os.remove("/next/plan.tmp")
except OSError:
    pass
try:
    with open("/next/plan") as file:
        lines = file.readlines()
    for line in lines:
        name, path = line.rstrip("\n").split(" ", 1)
        try:
            if name == "-":
                os.remove(path)
            elif name == "/":
                os.mkdir(path)
            else:
                os.rename("/next/" + name, path)
        except OSError as error:
            if error.errno not in (2, 17):  # ENOENT, EEXIST: done before the power went
                raise
    os.remove("/next/plan")
    os.rmdir("/next")
except (OSError, ValueError) as error:
    if not error.args or error.args[0] != 2:  # ENOENT: there is no plan, as nearly always
        print("boot: the update is not finished:", error)  # the next boot tries again

while "/lib" in sys.path:
    sys.path.remove("/lib")
sys.path.insert(0, "/lib")
gc.collect()  # what compiling this left would lie between the program's lasting objects
