"""How a job waits: until it is rung or the time has come, beating all the while.

Does not wait for minutes: the clock and the beat are moved by the test.
"""

import asyncio
import unittest

from firmware.services import pulse as pulses


class Clock:
    """Uptime as the test wants it."""

    def __init__(self):
        self.now_ms = 0

    def __call__(self):
        return self.now_ms


class Pulse(unittest.TestCase):
    def setUp(self):
        self.clock = Clock()
        self.pulse = pulses.Pulse(self.clock)

    def run_with(self, job, *others):
        async def both():
            for other in others:
                asyncio.create_task(other())
            return await asyncio.wait_for_ms(job, 2_000)

        return asyncio.run(both())

    def test_it_is_still_for_as_long_as_nobody_beats(self):
        self.clock.now_ms = 5_000
        self.assertEqual(self.pulse.still_ms(), 5_000)
        self.pulse.beat()
        self.assertEqual(self.pulse.still_ms(), 0)

    def test_a_ring_ends_a_wait_and_is_used_up(self):
        async def ring():
            self.pulse.ring()

        self.run_with(self.pulse.wait(), ring)
        self.assertFalse(self.pulse._is_rung)

    def test_whoever_ends_the_job_itself_ends_it(self):
        async def ended():
            job = asyncio.create_task(self.pulse.sleep_ms(3_600_000))
            await asyncio.sleep_ms(1)
            job.cancel()
            await job

        with self.assertRaises(asyncio.CancelledError):
            asyncio.run(asyncio.wait_for_ms(ended(), 2_000))

    def test_a_ring_while_nobody_sleeps_cuts_the_next_sleep_short(self):
        self.pulse.ring()
        self.run_with(self.pulse.sleep_ms(3_600_000))

    def test_a_ring_cuts_a_long_sleep_short(self):
        async def ring():
            await asyncio.sleep_ms(1)
            self.pulse.ring()

        self.run_with(self.pulse.sleep_ms(3_600_000), ring)

    def test_an_event_of_somebody_else_ends_a_wait_and_stays_set(self):
        event = asyncio.Event()

        async def happen():
            event.set()

        self.run_with(self.pulse.wait(event), happen)
        self.assertTrue(event.is_set())

    def test_it_beats_while_it_waits(self):
        event, beats = asyncio.Event(), []
        beat = self.pulse.beat

        def counted():
            beats.append(1)
            beat()
            if len(beats) == 3:
                event.set()

        self.pulse.beat = counted
        beat_ms, pulses._BEAT_MS = pulses._BEAT_MS, 1
        try:
            self.run_with(self.pulse.wait(event))
        finally:
            pulses._BEAT_MS = beat_ms
        self.assertTrue(len(beats) >= 3)


if __name__ == "__main__":
    unittest.main()
