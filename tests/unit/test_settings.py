"""The files in flash: what is good is taken, what is not is named with its file, field and remedy.

Does not touch flash; `test_store.py` does.
"""

import unittest

from firmware.core import settings

TOKEN = "Token_0123-abcd"
KEY = "correct horse battery"


def problems(read, data):
    """Return the problems `read` refuses `data` with, [] when it takes it."""
    try:
        read(data)
    except settings.SettingsError as error:
        return error.problems
    return []


def identity(**fields):
    return dict({"serial": "234563", "thing_token": TOKEN}, **fields)


class Identity(unittest.TestCase):
    def test_a_good_one_is_taken(self):
        got = settings.identity(identity(setup_key=KEY))
        self.assertEqual((got.serial, got.thing_token, got.setup_key), ("234563", TOKEN, KEY))
        self.assertIsNone(settings.identity(identity()).setup_key)
        self.assertEqual(settings.identity(identity(serial="23-45 63")).serial, "234563")

    def test_a_missing_file_is_one_problem(self):
        self.assertEqual(problems(settings.identity, None), ["identity.json is missing; provision the device"])

    def test_a_file_that_is_no_object_is_one_problem(self):
        for data in ([], "x", 1, True):
            expected = ["identity.json is not a JSON object; provision the device"]
            self.assertEqual(problems(settings.identity, data), expected)

    def test_all_problems_come_at_once(self):
        got = problems(settings.identity, {"serial": 5, "setup_key": "short", "setup-key": KEY})
        self.assertEqual(
            got,
            [
                "identity.json: serial is not text; provision the device",
                "identity.json: thing_token is missing; provision the device",
                "identity.json: setup_key is not 8 to 63 printable ASCII characters; provision the device",
                "identity.json: 'setup-key' is not a field of this file; provision the device",
            ],
        )

    def test_a_field_that_is_null_is_missing(self):
        got = problems(settings.identity, identity(thing_token=None))
        self.assertEqual(got, ["identity.json: thing_token is missing; provision the device"])

    def test_a_serial_is_refused_with_its_reason(self):
        got = problems(settings.identity, identity(serial="234562"))
        self.assertIn("serial is not a serial: the check character does not fit", got[0])

    def test_the_bounds_of_a_token(self):
        for good in ("a" * 8, "a" * 128):
            self.assertEqual(problems(settings.identity, identity(thing_token=good)), [])
        for bad in (
            "a" * 7,
            "a" * 129,
            "",
            "abcdefg/",
            "abcdefg?",
            "abc defgh",
            "abcdefg\n",
            "abcdefg\u00e9",
            12345678,
        ):
            self.assertEqual(len(problems(settings.identity, identity(thing_token=bad))), 1, bad)

    def test_the_bounds_of_a_setup_key(self):
        for good in ("k" * 8, "k" * 63, " ~345678"):
            self.assertEqual(problems(settings.identity, identity(setup_key=good)), [])
        for bad in ("k" * 7, "k" * 64, "", "1234567\x7f", "1234567\u00e9", 12345678):
            self.assertEqual(len(problems(settings.identity, identity(setup_key=bad))), 1, bad)


class Secrets(unittest.TestCase):
    def test_no_problem_shows_a_value(self):
        for read, data in (
            (settings.identity, {"serial": "S3CR3T", "thing_token": "S3CR3T/" * 9, "setup_key": "S3CR3T"}),
            (settings.wifi, {"ssid": "S3CR3T" * 9, "key": "S3CR3T"}),
            (settings.wifi, {"ssid_hex": "S3CR3T", "key": ["S3CR3T"]}),
            (settings.settings, {"api_url": "https://u:S3CR3T@host/", "ntp_hosts": ["S3CR3T!"]}),
        ):
            got = problems(read, data)
            self.assertTrue(len(got) >= 2, got)
            self.assertFalse("S3CR3T" in " ".join(got), got)

    def test_no_object_shows_one(self):
        taken = (settings.identity(identity(setup_key=KEY)), settings.wifi({"ssid": "Home", "key": KEY}))
        for one in taken:
            self.assertFalse(TOKEN in repr(one) or KEY in repr(one) or KEY in str(one))


class Settings(unittest.TestCase):
    def test_without_a_file_the_defaults_hold(self):
        for data in (None, {}):
            got = settings.settings(data)
            self.assertEqual((got.api_url, got.allow_plain_http), ("https://api.thethings.io/v2", False))
            self.assertEqual((len(got.ntp_hosts), got.link_deadline_ms), (3, 10_000))

    def test_a_pin_that_is_no_such_pin_is_refused(self):
        for pin in (0, 2, 5, 12, 23, 27, 33):
            self.assertEqual(problems(settings.settings, {"led_pin": pin, "button_pin": pin}), [])
        for pin in (34, 39):
            self.assertEqual(problems(settings.settings, {"button_pin": pin}), [])
            self.assertEqual(len(problems(settings.settings, {"led_pin": pin})), 1)
        for bad in (1, 3, 6, 11, 24, 28, 31, 40, 48, -1, 2.0, True, False, "2", [2]):
            self.assertEqual(len(problems(settings.settings, {"led_pin": bad, "button_pin": bad})), 2, bad)

    def test_the_defaults_are_not_shared(self):
        settings.settings(None).ntp_hosts.append("elsewhere")
        self.assertEqual(len(settings.settings(None).ntp_hosts), 3)

    def test_a_good_url_is_taken_without_its_last_slash(self):
        for url in ("https://a.io", "https://10.0.0.1:8443/v2", "https://api.thethings.io/v2.1/x_y-z~"):
            self.assertEqual(settings.settings({"api_url": url}).api_url, url)
        self.assertEqual(settings.settings({"api_url": "https://a.io/v2/"}).api_url, "https://a.io/v2")

    def test_a_url_that_could_lead_elsewhere_is_refused(self):
        for url in (
            "",
            "a.io/v2",
            "ftp://a.io",
            "HTTPS://a.io",
            "https:/a.io",
            "https://",
            "https:///v2",
            "https://a.io:",
            "https://a.io:0",
            "https://a.io:65536",
            "https://a.io:8443:1",
            "https://user@a.io",
            "https://a.io/v2?x=1",
            "https://a.io/v2#x",
            "https://a.io/v 2",
            "https://a.io/v2\r\nX: y",
            "https://.a.io",
            5,
        ):
            self.assertEqual(len(problems(settings.settings, {"api_url": url})), 1, url)

    def test_plain_http_needs_its_own_setting(self):
        url = "http://localhost:8080/v2"
        self.assertEqual(
            problems(settings.settings, {"api_url": url}),
            ["settings.json: api_url is plain http, which needs allow_plain_http; correct it or take it out"],
        )
        got = settings.settings({"api_url": url, "allow_plain_http": True})
        self.assertEqual((got.api_url, got.allow_plain_http), (url, True))

    def test_flags_are_only_flags(self):
        for bad in (1, 0, "true", []):
            self.assertEqual(len(problems(settings.settings, {"allow_plain_http": bad})), 1, bad)

    def test_the_bounds_of_the_deadline(self):
        for good in (1_000, 60_000):
            self.assertEqual(settings.settings({"link_deadline_ms": good}).link_deadline_ms, good)
        for bad in (999, 60_001, 1.5, "10000", True, -5):
            self.assertEqual(len(problems(settings.settings, {"link_deadline_ms": bad})), 1, bad)

    def test_the_bounds_of_the_time_servers(self):
        self.assertEqual(settings.settings({"ntp_hosts": ["a", "10.0.0.1"]}).ntp_hosts, ["a", "10.0.0.1"])
        for bad in ([], ["a"] * 9, "pool.ntp.org", [""], ["a b"], [5], ["-a"]):
            self.assertEqual(len(problems(settings.settings, {"ntp_hosts": bad})), 1, bad)

    def test_a_misspelt_field_is_named(self):
        got = problems(settings.settings, {"ntp_host": ["a"]})
        self.assertEqual(got, ["settings.json: 'ntp_host' is not a field of this file; correct it or take it out"])


class Wifi(unittest.TestCase):
    def test_without_a_file_no_network_is_known(self):
        self.assertIsNone(settings.wifi(None))

    def test_a_good_one_is_taken(self):
        got = settings.wifi({"ssid": "Caf\u00e9", "key": KEY})
        self.assertEqual((got.ssid, got.key), (b"Caf\xc3\xa9", KEY))
        self.assertEqual(settings.wifi({"ssid_hex": "00fF"}).ssid, b"\x00\xff")
        self.assertIsNone(settings.wifi({"ssid": "Open"}).key)

    def test_there_is_one_name(self):
        for data in ({}, {"ssid": "a", "ssid_hex": "62"}, {"key": KEY}):
            expected = ["wifi.json: ssid or ssid_hex must be given, and not both; set the Wi-Fi network again"]
            self.assertEqual(problems(settings.wifi, data), expected)

    def test_the_bounds_of_a_name(self):
        for good in ({"ssid": "a"}, {"ssid": "a" * 32}, {"ssid": "\u00e9" * 16}, {"ssid_hex": "ab" * 32}):
            self.assertEqual(problems(settings.wifi, good), [])
        for bad in (
            {"ssid": ""},
            {"ssid": "a" * 33},
            {"ssid": "\u00e9" * 17},
            {"ssid": 5},
            {"ssid_hex": ""},
            {"ssid_hex": "abc"},
            {"ssid_hex": "zz"},
            {"ssid_hex": "ab" * 33},
        ):
            self.assertEqual(len(problems(settings.wifi, bad)), 1, bad)

    def test_the_bounds_of_a_key(self):
        for good in ("k" * 8, "k" * 63, "aF" * 32):
            self.assertEqual(problems(settings.wifi, {"ssid": "a", "key": good}), [])
        for bad in ("k" * 7, "k" * 64, "aF" * 32 + "0", "", 12345678):
            self.assertEqual(len(problems(settings.wifi, {"ssid": "a", "key": bad})), 1, bad)


class State(unittest.TestCase):
    def test_without_a_file_the_scale_is_not_linked(self):
        got = settings.state(None)
        self.assertEqual((got.linked, got.thing_id, got.linked_at_s), (False, None, None))

    def test_a_linked_scale_knows_its_thing(self):
        got = settings.state({"linked": True, "thing_id": "thing-1", "linked_at_s": 1_795_478_400})
        self.assertEqual((got.linked, got.thing_id, got.linked_at_s), (True, "thing-1", 1_795_478_400))

    def test_what_does_not_add_up_is_refused(self):
        for bad in (
            {},
            {"linked": 1},
            {"linked": True},
            {"linked": True, "thing_id": ""},
            {"linked": True, "thing_id": 5},
            {"linked": True, "thing_id": "x" * 65},
            {"linked": False, "linked_at_s": "now"},
            {"linked": False, "at": 1},
        ):
            self.assertEqual(len(problems(settings.state, bad)), 1, bad)


if __name__ == "__main__":
    unittest.main()
