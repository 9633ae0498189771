"""Tries an HTTP client, the module `contestant`: what it takes to load, and one verified POST of the link call.

The board is joined and its clock set by the least that does it.
"""

import gc
import json
import time

import contestant
import network
import ntptime

with open("/identity.json") as file:
    identity = json.load(file)
with open("/wifi.json") as file:
    wifi = json.load(file)
with open("/certs/sandbox.der", "rb") as file:
    root = file.read()
station = network.WLAN(network.STA_IF)
station.active(True)
station.connect(wifi["ssid"], wifi["key"])
while not station.isconnected():
    time.sleep_ms(100)
ntptime.settime()

gc.collect()
base = gc.mem_alloc()
contestant.load()
gc.collect()
print("TRY heap", gc.mem_alloc() - base)
url = "https://api.thethings.io/v2/things/{}/link-id".format(identity["thing_token"])
print("TRY says", contestant.post(url, {"linkId": identity["serial"]}, root))
