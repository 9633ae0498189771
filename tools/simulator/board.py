"""What a simulated board keeps outside the interpreter: pins, date, RTC memory, watchdog, reset cause.

It survives what copper and the RTC domain survive, and loses what they lose with the power.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

PWRON, HARD, WATCHDOG, _DEEPSLEEP, SOFT = 1, 2, 3, 4, 5
BUTTON_PIN = 0
LED_PIN = 2
EPOCH_2000_S = 946684800


def desk_ms() -> int:
    """The desk's monotonic clock, the one the interpreter's ticks come from, in ms."""
    return time.monotonic_ns() // 1_000_000


@dataclass
class Board:
    """The state of one board. `clock_file` carries its date to the TLS library's idea of the time."""

    unique_id: bytes
    clock_file: Path
    reset_cause: int = PWRON
    skipped_ms: int = 0
    date_offset_ms: int = 0
    rtc_memory: bytes = b""
    levels: dict[int, int] = field(default_factory=dict)
    watched_pins: set[int] = field(default_factory=set)
    edges: list[tuple[int, int]] = field(default_factory=list)
    watchdog_ms: int | None = None
    fed_ms: int = 0

    def __post_init__(self) -> None:
        self.lose_power()

    def now_ms(self) -> int:
        """The device's clock: the desk's, plus the idle time that was skipped."""
        return desk_ms() + self.skipped_ms

    def saw(self, device_ms: int) -> None:
        """The device says what time it is; idle time it skipped counts from now on."""
        self.skipped_ms = max(self.skipped_ms, device_ms - desk_ms())

    def lose_power(self) -> None:
        """Back to 2000-01-01, memory and pins blank, watchdog gone."""
        self.reset_cause = PWRON
        self.rtc_memory = b""
        self.levels = {}
        self.watchdog_ms = None
        self.set_date(-self.now_ms())

    def hard_reset(self, cause: int) -> None:
        """Everything but the RTC domain starts anew."""
        self.reset_cause = cause
        self.levels.pop(LED_PIN, None)
        self.watchdog_ms = None

    def starts(self) -> None:
        """The interpreter starts: nobody watches a pin yet."""
        self.sync_date()
        self.watched_pins, self.edges = set(), []

    def change(self, pin: int, level: int) -> None:
        """Somebody outside drives a pin; an edge is kept for the firmware if it watches that pin."""
        if pin in self.watched_pins and level != self.levels.get(pin, 1):
            self.edges = [*self.edges, (pin, level)]
        self.levels[pin] = level

    def set_date(self, offset_ms: int) -> None:
        """Milliseconds to add to the device's clock to get the time since 2000."""
        self.date_offset_ms = offset_ms
        self.sync_date()

    def date_s(self) -> float:
        """Unix seconds, as the device believes."""
        return (self.now_ms() + self.date_offset_ms) / 1000 + EPOCH_2000_S

    def sync_date(self) -> None:
        """Let the certificate check of the TLS library see the device's date, not the desk's."""
        self.clock_file.write_text(f"{self.date_s() - time.time():+.3f}")

    def watchdog_bites(self) -> bool:
        """True once the dog has gone hungry for longer than it was told to wait."""
        return self.watchdog_ms is not None and self.now_ms() - self.fed_ms > self.watchdog_ms
