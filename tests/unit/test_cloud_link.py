"""What becomes of a link that the flash does not take: nothing is asked again, and it is stored in time.

Makes no call; those are made on simulated boards.
"""

import asyncio
import unittest

from firmware.core import link as links
from firmware.core import states
from firmware.services.cloud_link import CloudLink

_THING = "thing-0001"


class _Identity:
    serial = thing_token = "T6HQDH4X9J"


class _Settings:
    api_url = "https://api.example/v2"


class _Clock:
    def now_s(self):
        return 1_800_000_000


class _FullFlash:
    """Takes the link at the third try."""

    def __init__(self):
        self.tried = []

    def keep_link(self, thing_id, at_s):
        self.tried.append((thing_id, at_s))
        return len(self.tried) == 3


class _Pulse:
    def __init__(self):
        self.slept_ms = []

    async def sleep_ms(self, ms):
        self.slept_ms.append(ms)


class Keep(unittest.TestCase):
    def test_a_link_that_the_flash_does_not_take_is_stored_again_each_minute_until_it_does(self):
        link, flash, pulse = links.Link(lambda: 0), _FullFlash(), _Pulse()
        link.state, link.thing_id = states.LINKED, _THING
        job = CloudLink(link, _Identity, _Settings, _Clock(), None, None, flash, None, None, pulse)
        asyncio.run(job.run())
        self.assertEqual(flash.tried, [(_THING, 1_800_000_000)] * 3)
        self.assertEqual(pulse.slept_ms, [60_000] * 2)


if __name__ == "__main__":
    unittest.main()
