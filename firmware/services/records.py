"""The records this product keeps in flash: read at boot, written when something has changed, forgotten together.

How they survive power cuts is `lib/store`; what may be in them is checked by `core.settings`, which is loaded for that alone.
"""

import modules
import store

from firmware.core import kept

_CHECKS = (
    "firmware.core.settings",
    "firmware.core.fields",
    "firmware.core.wifi_fields",
    "firmware.core.serial",
    "firmware.core.answer",
    "firmware.core.retry_after",
)


class Records:
    """`identity` and `settings` are written by people and tools, `wifi`, `state` and `crash` by the firmware.

    Each is None when there is none, or none that can be used; the log says why.
    """

    def __init__(self):
        names = ("identity", "settings", "wifi", "state", "crash")
        self._records = {name: store.Record(f"/{name}.json") for name in names}

    def load(self, *names):
        """Return what the records in `names` hold."""
        from firmware.core import settings

        found = [self._records[name].load(getattr(settings, name)) for name in names]
        modules.forget(_CHECKS)
        return found

    def keep_wifi(self, network):
        """Keep a `core.kept.Wifi`; tells whether it is in flash now."""
        return self._records["wifi"].save(kept.wifi_record(network))

    def keep_link(self, thing_id, at_s):
        """Keep that the scale was linked as `thing_id` at `at_s`, Unix seconds; tells whether it is in flash now."""
        return self._records["state"].save({"linked": True, "thing_id": thing_id, "linked_at_s": at_s})

    def keep_crash(self, record):
        """Keep the last crash."""
        return self._records["crash"].save(record)

    def forget_link(self):
        """Forget the link; tells whether it is gone."""
        return self._records["state"].remove()

    def forget_wifi(self):
        """Forget the home network; tells whether it is gone."""
        return self._records["wifi"].remove()

    def forget(self):
        """Forget Wi-Fi and link, never the identity; tells whether both are gone.

        The link goes first: a scale that knows a network and no owner can help itself, the other way round it cannot.
        """
        return self.forget_link() and self.forget_wifi()
