"""Tries a Wi-Fi manager, the module `contestant`: what it takes to load, and what it says of a network it is to join.

Whether it really joined is for the simulated router to say.
"""

import gc
import json

import contestant

with open("/wifi.json") as file:
    wifi = json.load(file)
gc.collect()
base = gc.mem_alloc()
contestant.load()
gc.collect()
print("TRY heap", gc.mem_alloc() - base)
print("TRY says", contestant.join(wifi["ssid"], wifi["key"]))
