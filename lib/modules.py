"""Gives back the memory of modules that have done their work; importing one again brings it back.

Whoever still holds something out of a module keeps all of it alive, and so does what a call that is over left on the
interpreter's stack, as long as nothing was written over it.
"""

import gc
import sys

_DEPTH = 8  # calls, more than `gc.collect` itself reaches down


def forget(names):
    """Forget the modules called `names`, where they are loaded."""
    for name in names:
        sys.modules.pop(name, None)
        package, _, own = name.rpartition(".")
        # A package holds on to what was imported from it.
        if package in sys.modules and hasattr(sys.modules[package], own):
            delattr(sys.modules[package], own)
    _write_over(_DEPTH)
    gc.collect()


def _write_over(depth):
    if depth:
        _write_over(depth - 1)
