"""What a scan found, as an owner sees it.

Does not scan.
"""

import unittest

from firmware.core import networks


def row(ssid, rssi_dbm=-50, channel=6, security=3):
    return (ssid, b"\0" * 6, channel, rssi_dbm, security, False)


class Networks(unittest.TestCase):
    def test_the_strongest_of_each_name_once_and_sorted(self):
        rows = [row(b"a", -70, 1), row(b"b", -60, 2), row(b"a", -40, 3), row(b"a", -90, 4)]
        self.assertEqual([(one.ssid, one.channel) for one in networks.listed(rows)], [(b"a", 3), (b"b", 2)])

    def test_hidden_ones_are_left_out_and_twelve_are_enough(self):
        self.assertEqual(networks.listed([row(b""), row(b"\0\0\0")]), [])
        found = networks.listed([row(b"%d" % number, -number) for number in range(30)])
        self.assertEqual([one.ssid for one in found], [b"%d" % number for number in range(12)])

    def test_a_lock_is_shown_for_everything_but_open(self):
        self.assertEqual(
            [networks.listed([row(b"a", security=kind)])[0].has_key for kind in (0, 1, 3, 7)], [False, True, True, True]
        )

    def test_bars(self):
        for rssi_dbm, bars in ((-30, 3), (-60, 3), (-61, 2), (-75, 2), (-76, 1), (-100, 1)):
            self.assertEqual(networks.Network(b"a", 1, rssi_dbm, True).bars(), bars)

    def test_the_channel_of_a_name(self):
        found = networks.listed([row(b"a", channel=11)])
        self.assertEqual((networks.channel_of(b"a", found), networks.channel_of(b"b", found)), (11, None))

    def test_a_name_shows_as_text_whatever_it_is(self):
        for ssid, shown in (
            (b"Home", "Home"),
            ("Müllers \U0001f389".encode(), "Müllers \U0001f389"),
            (b"a\xffb\x80", "a\ufffdb\ufffd"),
            (b"\x1b[2J\x00\x7f\n", "\ufffd[2J\ufffd\ufffd\ufffd"),
            ("\u202eevil\u2066\u200b\ufeff\x85\u061c".encode(), "\ufffdevil\ufffd\ufffd\ufffd\ufffd\ufffd"),
        ):
            self.assertEqual(networks.name(ssid), shown)


if __name__ == "__main__":
    unittest.main()
