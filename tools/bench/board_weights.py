"""Imports the modules that /order.json names, one after the other, and prints what each adds to the heap, for the bench.

Those a module imports come before it, so each number is of that module alone.
"""

import gc
import json

with open("/order.json") as file:
    order = json.load(file)
for name in order:
    gc.collect()
    before = gc.mem_alloc()
    __import__(name)
    gc.collect()
    print("WEIGHT", name, gc.mem_alloc() - before)
print("WEIGHT over")
