"""Plays the light and listens to the button. What either means is decided in `core`.

With nothing pressed and a steady light it sleeps, and costs next to nothing.
"""

import asyncio

import console

from firmware.core import button as buttons
from firmware.core import light

_HELD_LOOK_MS = 50


class PanelService:
    """`panel` is a `hw.panel.Panel`; `pattern` a callable that returns one of `core.light`.

    `pressed` and `erase` are called when the owner meant that. `light_pulse` is of `play`, `button_pulse` of `listen`.
    """

    def __init__(self, panel, uptime_ms, pattern, pressed, erase, light_pulse, button_pulse):
        self._panel = panel
        self._uptime_ms = uptime_ms
        self._pattern = pattern
        self._pressed = pressed
        self._erase = erase
        self._light_pulse = light_pulse
        self._button_pulse = button_pulse
        self._button = buttons.Button(panel.is_down())
        self._held_ms = 0
        self._log = console.Log("button")

    async def play(self):
        """Show the pattern of the moment, over and over. Never returns."""
        while True:
            held_ms = self._button.held_ms(self._uptime_ms())
            pattern = light.count_down(held_ms) if held_ms >= buttons.COUNT_DOWN_MS else self._pattern()
            for number, ms in enumerate(pattern):
                self._panel.light(number % 2 == 0)
                await self._light_pulse.sleep_ms(ms)

    async def listen(self):
        """Take each press for what it means. Never returns."""
        while True:
            await self._button_pulse.wait(self._panel.changed)
            await asyncio.sleep_ms(buttons.DEBOUNCE_MS)
            self._take()
            while self._button.is_down:
                await self._button_pulse.sleep_ms(_HELD_LOOK_MS)
                self._take()

    def _take(self):
        now_ms = self._uptime_ms()
        meant = self._button.seen(self._panel.is_down(), now_ms)
        held_ms, self._held_ms = self._held_ms, self._button.held_ms(now_ms)
        if held_ms < buttons.COUNT_DOWN_MS <= self._held_ms:
            self._light_pulse.ring()  # the count-down begins now, not when the light has slept
        if meant == buttons.SHORT:
            self._log.info("pressed: the page is open for 10 minutes")
            self._pressed()
        elif meant == buttons.ERASE:
            self._log.warn("held for 10 s: Wi-Fi and link are forgotten, the identity stays")
            self._erase()
