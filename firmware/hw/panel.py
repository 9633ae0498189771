"""The scale's one LED and one button. What they mean is decided in `core.light` and `core.button`.

The button pulls its pin to ground; an edge wakes whoever awaits `changed`.
"""

import asyncio

from machine import Pin


class Panel:
    """`changed` is a ThreadSafeFlag, set by each edge of the button."""

    def __init__(self, led_pin, button_pin):
        self.changed = asyncio.ThreadSafeFlag()
        self._led = Pin(led_pin, Pin.OUT, value=0)
        self._button = Pin(button_pin, Pin.IN, Pin.PULL_UP)
        self._button.irq(self._edge, Pin.IRQ_FALLING | Pin.IRQ_RISING)

    def is_down(self):
        """Tell whether the button is held down."""
        return self._button.value() == 0

    def light(self, is_on):
        """Switch the LED."""
        self._led.value(1 if is_on else 0)

    def _edge(self, _):
        self.changed.set()
