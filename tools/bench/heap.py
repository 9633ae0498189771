"""What the firmware's heap holds: after its imports, with the page open, in a link call, linked; and the least it needs.

64-bit words of the unix port, so about twice what a chip takes. The numbers come from `board_probe.py` on the board.
"""

from __future__ import annotations

import re

from tools.bench.budgets import KB
from tools.bench.desk import Desk, Scale, script, until
from tools.bench.report import Figure, Part, Rows
from tools.simulator.station import Timing
from tools.simulator.visit import part as page
from tools.simulator.visit import submit
from tools.simulator.world import HOME_KEY, HOME_SSID

_QUICK_RADIO = Timing(scan=200, associate=100, lease=100)
_SETTLED_MS = 120_000
_LACK = "MemoryError|out of memory"
_SIZES_KB = range(96, 257, 16)
_ROOM_BYTES = 1024 * KB  # so that what is measured is need, not want of room


def measure() -> Part:
    """One scale through its set-up, one that boots linked, and as many as it takes to find the least heap."""
    with Desk("heap") as desk:
        scale = desk.scale({"/main.py": script("probe")}, wifi=False, timing=_QUICK_RADIO, heap_bytes=_ROOM_BYTES)
        desk.claim(scale)
        set_up(desk, scale)
        peak = max(_all(scale, "peak"))
        steady = linked_bytes(desk)
        rows = [
            ["after its imports", _all(scale, "imports")[0]],
            ["page open, nobody on it", _open_bytes(desk)],
            ["end of a link call, page not loaded", max(_all(scale, "call"))],
            ["peak of the whole set-up", peak],
            ["linked, page gone, 2 min later", steady["after the link"]],
            ["booted linked, 2 min later", steady["after a power cycle"]],
        ]
        least_kb = least_heap_kb(desk)
    figures = [
        Figure("heap, linked, steady", max(steady.values()), "after a collection, less what the chip's ROM holds"),
        Figure(
            "heap that the whole set-up needs",
            least_kb * KB,
            f"the least of {_SIZES_KB.step} kB steps in which it goes through",
        ),
    ]
    return Part("heap", {"words": "64-bit"}, [Rows("Heap in use", ("moment", "bytes"), rows)], figures)


def set_up(desk: Desk, scale: Scale, deadline_s: float = 60.0) -> None:
    """The whole flow: power on, a phone on the page, a key, linked, and the page says so.

    Raises TimeoutError, OSError or ValueError when the scale, perhaps for lack of memory, does not play its part.
    """
    scale.device.power_on()
    scale.see(f"setup: page at|{_LACK}", deadline_s)
    phone = desk.phone(scale)
    submit(phone, network=HOME_SSID.encode().hex(), key=HOME_KEY)
    scale.see(f"link: stored|{_LACK}", deadline_s)
    if re.search(_LACK, scale.device.console.text):
        raise OSError("memory was lacking")
    until(lambda: "Your scale is linked" in page(phone), "the end of the set-up on the page", deadline_s)


def linked_bytes(desk: Desk) -> dict[str, int]:
    """The heap of a scale that has nothing to do any more: still in the life in which it linked, and in the next."""
    scale = desk.scale({"/main.py": script("probe")}, skips_idle=True, heap_bytes=_ROOM_BYTES)
    desk.claim(scale)
    found = {}
    for name in ("after the link", "after a power cycle"):
        scale.device.power_on()
        scale.see("wifi: joined")
        scale.live_for(_SETTLED_MS)
        scale.device.power_off()
        found[name] = _all(scale, "now")[-1]
    return found


def _open_bytes(desk: Desk) -> int:
    """The heap of a new scale that waits for somebody to come to its page."""
    scale = desk.scale({"/main.py": script("probe")}, wifi=False, skips_idle=True, heap_bytes=_ROOM_BYTES)
    scale.device.power_on()
    scale.see("setup: page at")
    scale.live_for(_SETTLED_MS)
    scale.device.power_off()
    return _all(scale, "now")[-1]


def goes_through(desk: Desk, heap_kb: int) -> bool:
    """Tell whether the whole set-up goes through in a heap of that size, without a word of lacking memory."""
    scale = desk.scale(wifi=False, timing=_QUICK_RADIO, heap_bytes=heap_kb * KB)
    desk.claim(scale)
    try:
        set_up(desk, scale, deadline_s=20)
    except (TimeoutError, OSError, IndexError, ValueError):  # the visit finds half an answer, or none
        return False
    finally:
        scale.device.power_off()
    return True


def least_heap_kb(desk: Desk) -> int:
    """The least of the sizes in which the set-up goes through, found by halving."""
    low, high = 0, len(_SIZES_KB) - 1
    while low < high:
        middle = (low + high) // 2
        if goes_through(desk, _SIZES_KB[middle]):
            high = middle
        else:
            low = middle + 1
    return _SIZES_KB[low]


def _all(scale: Scale, moment: str) -> list[int]:
    return [int(found) for found in re.findall(rf"HEAP {moment} (\d+)", scale.device.console.text)]
