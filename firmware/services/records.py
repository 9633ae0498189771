"""The records this product keeps in flash, and which of them are forgotten together.

How they survive power cuts is `lib/store`, what may be in them `core.settings`.
"""

import store

from firmware.core import settings as files


class Records:
    """`identity` and `settings` are written by people and tools, `wifi` and `state` by the firmware as well."""

    def __init__(self):
        self.identity = store.Record("/identity.json", files.identity)
        self.settings = store.Record("/settings.json", files.settings)
        self.wifi = store.Record("/wifi.json", files.wifi)
        self.state = store.Record("/state.json", files.state)

    def forget(self):
        """Forget Wi-Fi and link, never the identity; tells whether both are gone.

        The link goes first: a scale that knows a network and no owner can help itself, the other way round it cannot.
        """
        return self.state.remove() and self.wifi.remove()
