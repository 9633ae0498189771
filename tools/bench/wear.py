"""What a link, a retry, a steady day and a day of outage cost in flash operations, records, calls and bytes on the wire.

Idle time is skipped, so a day takes half a minute. Records are counted by `board_saves.py`, bytes by `meter`.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, fields

from tools.bench.desk import Desk, Scale, script
from tools.bench.report import Figure, Part, Rows
from tools.sandbox import Fault

_HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Cost:
    """What something cost."""

    records: float
    flash_operations: float
    flash_bytes: float
    calls: float
    bytes_up: float
    bytes_down: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(*(mine - its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def shared_by(self, count: float) -> Cost:
        """The same for one of `count`."""
        return Cost(*(value / count for value in astuple(self)))


def measure(hours: int = 24) -> Part:
    """All of them; a day is of so many hours."""
    with Desk("wear") as desk, Desk("wear-outage") as other, ThreadPoolExecutor() as pool:
        waits = pool.submit(_outage, other, hours)
        link, steady = _link_and_rest(desk, hours)
        bare = _bare(desk)
        outage = waits.result()
    retry = outage.shared_by(outage.calls)
    days = f"{hours} h"
    rows = {
        "a link, from the first power-on": link,
        "the bare script's link": bare,
        "a retry in an outage": retry,
        f"{days} of outage before the link": outage,
        f"{days} linked": steady,
    }
    columns = ["what", *(field.name.replace("_", " ") for field in fields(Cost))]
    table = Rows("What it costs", columns, [[name, *astuple(cost)] for name, cost in rows.items()])
    how = "files opened for writing by the firmware"
    since = f"{how} from the first power-on, those it was provisioned with included"
    figures = [
        Figure("records saved per link", link.records, since),
        Figure("records saved per retry", retry.records, f"{how}, over {outage.calls:.0f} retries in {days} of 503"),
        Figure("records saved per steady day", steady.records, f"{how}, {days} linked"),
    ]
    return Part("wear", {"hours of a day": hours}, [table], figures)


def _so_far(desk: Desk, scale: Scale) -> Cost:
    """What this desk and this scale have spent since they began."""
    records = len(re.findall("^SAVE ", scale.device.console.text, re.MULTILINE))
    wear, meter = scale.device.wear, desk.meter
    return Cost(records, wear.operations, wear.programmed_bytes, meter.connections, meter.up_bytes, meter.down_bytes)


def _link_and_rest(desk: Desk, hours: int) -> tuple[Cost, Cost]:
    scale = desk.scale({"/main.py": script("saves")}, skips_idle=True)
    desk.claim(scale)
    began = _so_far(desk, scale)
    scale.device.power_on()
    scale.see("link: stored")
    scale.see("access point is down")
    linked = _so_far(desk, scale)
    scale.device.power_off()
    scale.device.power_on()
    scale.live_for(hours * _HOUR_MS)
    rest = _so_far(desk, scale)
    scale.device.power_off()
    return linked - began, rest - linked


def _outage(desk: Desk, hours: int) -> Cost:
    scale = desk.scale({"/main.py": script("saves")}, skips_idle=True)
    desk.sandbox.faults.set(Fault.status(503), side="device")
    scale.device.power_on()
    scale.see("next call in")
    began = _so_far(desk, scale)
    scale.live_for(hours * _HOUR_MS, deadline_s=300)
    scale.device.power_off()
    desk.sandbox.faults.clear()
    return _so_far(desk, scale) - began


def _bare(desk: Desk) -> Cost:
    scale = desk.scale({"/main.py": script("bare")})
    desk.claim(scale)
    began = _so_far(desk, scale)
    scale.device.power_on()
    scale.see("link: linked")
    scale.device.power_off()
    return _so_far(desk, scale) - began
