"""How long the firmware takes from reset to each step, beside the least program that makes the same steps.

Both run in turn on the same desk, so that a busy machine slows both. What counts is the ratio: a chip is slower than a desk.
"""

from __future__ import annotations

import statistics
import time

from firmware.core.ssid import ssid_for
from tools import build
from tools.bench.desk import Desk, Scale, script, until
from tools.bench.report import Figure, Part, Rows

STEPS = ("access point", "first link call", "linked")
_SLOWER_MS = 300


def programs() -> dict[str, bytes]:
    """Who takes part: what each has for its /main.py."""
    ours = (build.ROOT / "main.py").read_bytes()
    slower = b"import time\ntime.sleep_ms(%d)\n" % _SLOWER_MS + ours
    return {"bare script": script("bare"), "firmware": ours, f"firmware made {_SLOWER_MS} ms slower": slower}


def measure(rounds: int = 5) -> Part:
    """So many rounds of each program in turn."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in programs()}
    with Desk("times") as desk:
        for _ in range(rounds):
            for name, main in programs().items():
                found[name].append(_once(desk, desk.scale({"/main.py": main})))
    medians = {name: _medians(all_of_one) for name, all_of_one in found.items()}
    bare = medians["bare script"]
    rows = []
    for name, steps in medians.items():
        row: list[object] = [name]
        for step in STEPS:
            row += [round(steps[step], 3), round(steps[step] / bare[step], 2)]
        rows.append(row)
    columns = ["program", *(column for step in STEPS for column in (f"{step}, s", "x bare " * bool(step) + step))]
    ratio = medians["firmware"]["first link call"] / bare["first link call"]
    how = f"medians of {rounds} power-ons each, in turn; arrival at the platform"
    figures = [Figure("reset to first link call, over the bare script", round(ratio, 3), how)]
    note = "Seconds of the desk; what a chip needs to load its code is not in them."
    return Part(
        "times", {"rounds": rounds, "radio": "joins in 0.7 s"}, [Rows("From reset", columns, rows, note)], figures
    )


def _once(desk: Desk, scale: Scale) -> dict[str, float]:
    desk.claim(scale)
    calls = desk.device_calls()
    began_s, began_clock_s = time.monotonic(), time.time()
    scale.device.power_on()
    until(lambda: desk.world.ether.device(ssid_for(scale.serial)), "the access point")
    found = {"access point": time.monotonic() - began_s}
    scale.see("^link: linked.*\n")
    line = next(line for line in scale.device.console.lines if line.text.startswith("link: linked"))
    found["linked"] = line.at_s - began_s
    call = [call for call in desk.sandbox.calls() if call.by_device][calls]
    found["first link call"] = call.at_s - began_clock_s
    scale.device.power_off()
    return found


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {step: statistics.median(one[step] for one in rounds) for step in STEPS}
