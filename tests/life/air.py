"""The air around one board: routers that come, go and change. It stands in for `tools.simulator.ether`.

Under that name the simulator's own model of the radio finds it, so that both simulators have one radio.
"""

OPEN = 0
WPA2 = 3


class Network:
    """A home router's network. Change it through `Ether.change`, so that the board notices."""

    def __init__(self, ssid, key=None, channel=6, rssi_dbm=-52, subnet="192.168.1"):
        self.ssid = ssid
        self.key = key
        self.channel = channel
        self.rssi_dbm = rssi_dbm
        self.subnet = subnet
        self.bssid = b"\x02\x00\x00\x00\x00\x01"
        self.hidden = False
        self.on = True
        self.dhcp = True
        self.internet = True

    @property
    def security(self):
        """0 for an open network, 3 for WPA2, as `network.AUTH_*`."""
        return OPEN if self.key is None else WPA2


class Beacon:
    """What a scan shows of one transmitter."""

    def __init__(self, ssid, bssid, channel, rssi_dbm, security):
        self.ssid = ssid
        self.bssid = bssid
        self.channel = channel
        self.rssi_dbm = rssi_dbm
        self.security = security


class Ether:
    """Everything on the air. `changes` counts, so that a reader of it knows when to look again."""

    def __init__(self):
        self.networks = []
        self.changes = 0
        self.own = None  # the beacon of the board's access point

    def add(self, network):
        """Switch a router on; returns it."""
        self.networks.append(network)
        return network

    def change(self, network, **what):
        """Change fields of a network."""
        for name, value in what.items():
            setattr(network, name, value)
        self.changes += 1

    def find(self, ssid):
        """The strongest network of that name that is on, or None."""
        best = None
        for network in self.networks:
            if network.on and network.ssid == ssid and (best is None or network.rssi_dbm > best.rssi_dbm):
                best = network
        return best

    def announce(self, mac, beacon, radio=None):
        """The board's access point goes on the air, changes, or (None) goes off."""
        self.own = beacon

    def scan(self):
        """All beacons but the board's own, strongest first; a hidden network shows as an empty SSID."""
        seen = [
            Beacon(b"" if one.hidden else one.ssid, one.bssid, one.channel, one.rssi_dbm, one.security)
            for one in self.networks
            if one.on
        ]
        return sorted(seen, key=lambda beacon: -beacon.rssi_dbm)
