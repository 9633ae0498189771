"""The job that keeps the radio joined, started again after it died: it goes on with the network it has learnt meanwhile.

Does not touch a radio; how one is joined is shown on simulated boards.
"""

import asyncio
import unittest

from firmware.core.settings import Wifi
from firmware.services import radio


class _Pulse:
    async def sleep_ms(self, ms):
        raise RuntimeError("sleeps, for it knows no network")


class _Radio(radio.Radio):
    def __init__(self):
        super().__init__(None, None, lambda: 0, lambda candidate: None, None, None, _Pulse())
        self.tried = []

    async def _attempt(self, network):
        self.tried.append(network)
        raise RuntimeError("died")


class Restart(unittest.TestCase):
    def died(self, one, saved):
        try:
            asyncio.run(one.stay_joined(saved))
        except RuntimeError:
            return True
        return False

    def test_a_network_given_in_this_life_outlives_the_job(self):
        one, given = _Radio(), Wifi(b"Home", "password")
        self.assertTrue(self.died(one, None))
        self.assertEqual(one.tried, [])
        one._saved = given  # as a candidate that was proven
        one.joined.set()
        self.assertTrue(self.died(one, None))
        self.assertEqual(one.tried, [given])
        self.assertFalse(one.joined.is_set())


if __name__ == "__main__":
    unittest.main()
