"""Gives back the memory of modules that have done their work; importing one again brings it back.

Whoever still holds something out of a module keeps all of it alive.
"""

import gc
import sys


def forget(names):
    """Forget the modules called `names`, where they are loaded."""
    for name in names:
        sys.modules.pop(name, None)
        package, _, own = name.rpartition(".")
        # A package holds on to what was imported from it.
        if package in sys.modules and hasattr(sys.modules[package], own):
            delattr(sys.modules[package], own)
    gc.collect()
