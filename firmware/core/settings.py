"""The records in flash, checked: from the dictionary in a file to one of the objects of `core.kept`.

Does not read or write files, and is not needed once they are read. No problem a file is refused with shows a secret.
"""

from firmware.core import answer, fields, wifi_fields
from firmware.core import serial as serials
from firmware.core.kept import Crash, Identity, Settings, State, Wifi

API_URL = "https://api.thethings.io/v2"
NTP_HOSTS = ("pool.ntp.org", "time.cloudflare.com", "time.google.com")
LINK_DEADLINE_MS = 10_000
# Those of most development boards: the blue LED and the BOOT button.
LED_PIN = 2
BUTTON_PIN = 0

_LAST_OUTPUT, _LAST_INPUT = 33, 39  # of the ESP32


class SettingsError(ValueError):
    """A file is not usable; `args`, and `problems`, say in one line each what is wrong and what to do about it."""

    def __init__(self, problems):
        super().__init__(*problems)
        self.problems = problems


class _File:
    """The fields of one file: takes them one by one and gathers the problems."""

    def __init__(self, name, data, remedy):
        self._name = name
        self._data = data
        self._remedy = remedy
        self._known = []
        self.problems = []
        if data is None:
            raise SettingsError([f"{name} is missing; {remedy}"])
        if not isinstance(data, dict):
            raise SettingsError([f"{name} is not a JSON object; {remedy}"])

    def problem(self, field, what):
        self.problems.append(f"{self._name}: {field} {what}; {self._remedy}")

    def required(self, field, check):
        if self._data.get(field) is None:
            self.problem(field, "is missing")
        return self.optional(field, check)

    def optional(self, field, check, default=None):
        self._known.append(field)
        if self._data.get(field) is None:
            return default
        try:
            return check(self._data[field])
        except ValueError as error:
            self.problem(field, error.args[0])
            return default

    def close(self):
        """Raise SettingsError unless every field was known and in order."""
        for field in self._data:
            # A misspelt optional field would otherwise be lost in silence, a setup key with it.
            if field not in self._known:
                self.problem(repr(field), "is not a field of this file")
        if self.problems:
            raise SettingsError(self.problems)


def identity(data):
    """Return the `Identity` in `data`, the content of identity.json; None means there is no such file.

    Raises SettingsError.
    """
    file = _File("identity.json", data, "provision the device")
    found = Identity(
        file.required("serial", _serial),
        file.required("thing_token", fields.token),
        file.optional("setup_key", wifi_fields.passphrase),
    )
    file.close()
    return found


def settings(data):
    """Return the `Settings` in `data`, the content of settings.json; without that file, the defaults.

    Raises SettingsError.
    """
    file = _File("settings.json", {} if data is None else data, "correct it or take it out")
    allow_plain_http = file.optional("allow_plain_http", fields.flag, False)
    found = Settings(
        file.optional("api_url", fields.api_url(allow_plain_http), API_URL),
        allow_plain_http,
        file.optional("ntp_hosts", fields.hosts, list(NTP_HOSTS)),
        file.optional("link_deadline_ms", fields.whole_number(1_000, 60_000), LINK_DEADLINE_MS),
        file.optional("led_pin", fields.pin(_LAST_OUTPUT), LED_PIN),
        file.optional("button_pin", fields.pin(_LAST_INPUT), BUTTON_PIN),
    )
    file.close()
    return found


def wifi(data):
    """Return the `Wifi` in `data`, the content of wifi.json; None when there is no such file yet.

    Raises SettingsError.
    """
    if data is None:
        return None
    file = _File("wifi.json", data, "set the Wi-Fi network again")
    names = [file.optional("ssid", wifi_fields.ssid), file.optional("ssid_hex", wifi_fields.ssid_hex)]
    if not file.problems and (names[0] is None) == (names[1] is None):
        file.problem("ssid or ssid_hex", "must be given, and not both")
    found = Wifi(names[0] or names[1], file.optional("key", wifi_fields.wifi_key))
    file.close()
    return found


def state(data):
    """Return the `State` in `data`, the content of state.json; without that file, not linked.

    Raises SettingsError.
    """
    if data is None:
        return State()
    file = _File("state.json", data, "remove the file, and the scale links anew")
    linked = file.required("linked", fields.flag)
    take_id = file.required if linked else file.optional
    found = State(
        linked,
        take_id("thing_id", _thing_id),
        file.optional("linked_at_s", fields.whole_number(0, 2**40)),
    )
    file.close()
    return found


def crash(data):
    """Return the `Crash` in `data`, the content of crash.json, or None when there is no such file.

    Raises SettingsError.
    """
    if data is None:
        return None
    file = _File("crash.json", data, "remove the file")
    found = Crash(
        file.required("why", fields.text),
        file.optional("uptime_s", fields.whole_number(0, 2**40)),
        file.optional("at_s", fields.whole_number(0, 2**40)),
        file.optional("lines", fields.texts, []),
    )
    file.close()
    return found


def _serial(value):
    typed = fields.text(value)
    try:
        return serials.parse(typed)
    except ValueError as error:
        raise ValueError("is not a serial: " + error.args[0]) from None


def _thing_id(value):
    if not answer.is_thing_id(value):
        raise ValueError("is not a thing id")
    return value
