"""The supervisor's two judgements: which job hangs, and when a job that keeps dying is a lost cause.

Does not end a life; `tests/e2e/test_lives.py` does.
"""

import asyncio
import unittest

import console

from firmware.services import supervisor


class Watched(unittest.TestCase):
    def setUp(self):
        self.now_ms = 0
        self.fed = 0
        self.suspected = []
        self.lines = []
        console.print = self.lines.append
        self.supervisor = supervisor.Supervisor(lambda: self.now_ms, self.feed, self.nothing, self.suspected.append)

    def tearDown(self):
        del console.print

    def feed(self):
        self.fed += 1

    def nothing(self):
        pass

    def test_the_dog_is_fed_only_while_every_job_beats(self):
        pulses = [self.supervisor.pulse(name) for name in ("wifi", "link")]
        for name in ("wifi", "link"):
            self.supervisor.add(name, self.nothing)
        self.supervisor._look()
        self.now_ms = 300_000
        pulses[0].beat()
        self.supervisor._look()
        self.supervisor._look()
        self.assertEqual((self.fed, self.suspected), (1, ["link hung"]))
        self.assertEqual(len([line for line in self.lines if "hangs" in line]), 1)
        pulses[1].beat()
        self.supervisor._look()
        self.assertEqual(self.fed, 2)

    def test_a_pulse_without_a_job_is_nobody(self):
        self.supervisor.pulse("clock")
        self.now_ms = 10_000_000
        self.supervisor._look()
        self.assertEqual(self.fed, 1)

    def test_a_job_that_dies_nine_times_is_a_lost_cause(self):
        deaths = []

        async def dies():
            deaths.append(self.now_ms)
            raise ValueError("again")

        pulse = self.supervisor.pulse("wifi")
        pulse.sleep_ms = self.passes
        self.supervisor.add("wifi", dies)
        with self.assertRaises(supervisor.LostCause):
            asyncio.run(self.supervisor._jobs[0])
        self.assertEqual([after - before for before, after in zip(deaths, deaths[1:])], [1_000 << n for n in range(8)])

    def test_one_that_had_lived_for_long_starts_a_new_row(self):
        deaths = []

        async def lives_long():
            deaths.append(1)
            self.now_ms += 3_600_000
            if len(deaths) < 50:
                raise ValueError("again")

        pulse = self.supervisor.pulse("wifi")
        pulse.sleep_ms = self.passes
        self.supervisor.add("wifi", lives_long)
        asyncio.run(self.supervisor._jobs[0])
        self.assertEqual(len(deaths), 50)
        self.assertTrue(all("again in 1 s" in line for line in self.lines))

    async def passes(self, ms):
        self.now_ms += ms


if __name__ == "__main__":
    unittest.main()
