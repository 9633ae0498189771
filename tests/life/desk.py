"""A whole desk: one board, the air, the internet, the platform, the owner's phone, and the tale of what happened.

What happens when is up to a script, what must never happen to the rules that are handed in.
"""

import hashlib
import json
import os

from life import air, board, clock, cloud, internet, platform
from life.dice import Dice
from life.flash import Device, mounted
from life.records import Reader
from life.visitor import Visitor

SERIAL = "T6HQDH4X9J"
TOKEN = "tok3n-tok3n-tok3n-tok3n-tok3n"
THING = "thing-0001"
SETUP_KEY = "s3tup-k3y-123"
SSID, KEY = b"Home", b"h0me-k3y-correct-horse"
OVER = -1
IDENTITY = {"serial": SERIAL, "thing_token": TOKEN, "setup_key": SETUP_KEY}
WIFI = {"ssid": SSID.decode(), "key": KEY.decode()}
_TOLD_LINES = 40


class Desk:
    """`factory` is the shared flash image, `today_s` the true date at the start, in Unix seconds.

    `program` is a `program.Program` where nobody writes to the program's files.
    """

    def __init__(self, factory, seed, today_s, program=None):
        clock.restart()
        self.dice = Dice(seed)
        self.serial, self.token = SERIAL, TOKEN
        self._today_s = today_s
        self.platform = platform.Platform()
        self.platform.add_thing(TOKEN, THING)
        self.cloud = cloud.Cloud(self.platform, self.true_s)
        self.internet = internet.Internet(self.cloud, self.true_s)
        self.ether = air.Ether()
        self.home = self.ether.add(air.Network(SSID, KEY))
        self.ether.add(air.Network("Müllers WLAN".encode(), b"geheim geheim", channel=11, rssi_dbm=-64))
        self.board = board.Board(factory, program, self.ether, self.internet, self._heard_line, self.dice.bits)
        self.board.struck = lambda error: self.tell("world", f"strikes with {type(error).__name__}")
        self.phone = Visitor(self.board, SETUP_KEY, self._shown)
        self.is_plugged = True
        self.power_cuts = self.calls = 0
        self.secrets = {TOKEN, SETUP_KEY, KEY.decode()}
        self.rules = []
        self.violations = []
        self.story = []
        self.told_lines = _TOLD_LINES
        self.on_power_lost = lambda: None
        self._read_at, self._records = -1, {}
        self.cloud.heard, self.cloud.said_linked = self._called, self._said_linked
        self._digest = hashlib.sha256()

    def true_s(self):
        """The true date in Unix seconds."""
        return self._today_s + self.uptime_ms() // 1000

    def uptime_ms(self):
        """Milliseconds since the desk was set up."""
        return clock.now_ms() - clock.START_MS

    def provision(self, files):
        """Write files (path -> dictionary or bytes) to the board's flash, as the factory and mpremote do."""
        mounted(Device(self.board.flash))
        for path, content in files.items():
            with open(path, "wb") as file:
                file.write(content if isinstance(content, bytes) else json.dumps(content).encode())
        os.chdir("/")

    def run(self):
        """Let it all happen, until somebody calls `stop`."""
        cause = None
        while cause != OVER:
            cause = self._live() if self.is_plugged else self._lie_dark()

    def stop(self):
        """End it."""
        clock.ending = clock.Ending(OVER)

    def plug(self):
        """Give the board power."""
        if not self.is_plugged:
            self.tell("world", "power on")
            self.is_plugged = True
            clock.ending = clock.ending or clock.Ending(None)

    def cut_power(self):
        """Pull the board's plug."""
        if self.is_plugged:
            self.board.cut_power()

    def tell(self, who, what):
        """Keep a line for the story."""
        line = f"{_clock_text(self.uptime_ms())}  {who:<6} {what}"
        self._digest.update(line.encode())
        self.story.append(line)
        if len(self.story) > self.told_lines:
            self.story.pop(0)

    def story_bytes(self):
        """About what the story takes of the desk's memory."""
        return sum([len(line.encode()) + 96 for line in self.story])

    def transcript(self):
        """A hash of everything told so far."""
        return "".join(["%02x" % byte for byte in self._digest_so_far()])

    def break_rule(self, name, text):
        """A rule is broken: the desk stops."""
        self.tell("RULE", f"{name}: {text}")
        self.violations.append((name, text))
        self.stop()

    def look(self):
        """Have every rule look at the present state."""
        for rule in self.rules:
            rule.look()

    def reader(self):
        """What is in the board's flash at the moment."""
        return Reader(self.board.flash)

    def record(self, path):
        """The record at `path` in flash, or None. Raises ValueError when it cannot be read."""
        if self._read_at != self.board.flash.operations:
            self._read_at, self._records = self.board.flash.operations, {}
        if path not in self._records:
            self._records[path] = self.reader().record(path)
        return self._records[path]

    def is_linked(self):
        """Tell whether the flash says that the board is linked."""
        state = self.record("/state.json")
        return bool(state and state.get("linked"))

    def app_claims(self, user="owner"):
        """The owner's app asks for the scale."""
        answer = self.platform.app_calls(user, SERIAL, clock.now_ms())
        self.tell("app", "claims: " + {True: "linked", False: "waiting for thing", None: "refused"}[answer])

    def _live(self):
        for rule in self.rules:
            rule.life_begins()
        self.tell("board", f"starts, cause {self.board.cause}")
        cause = self.board.live()
        for rule in self.rules:
            rule.life_ended(cause)
        if cause == board.OFF:
            self.power_cuts += 1
            self.is_plugged = False
            self.tell("world", "power is off")
            self.on_power_lost()
        return cause

    def _lie_dark(self):
        clock.ending = None
        try:
            clock.skip(clock.FOREVER)
        except clock.Ending as ending:
            return ending.args[0]

    def _heard_line(self, text):
        self.tell("board", text)
        for rule in self.rules:
            rule.heard_line(text)

    def _shown(self, data):
        for rule in self.rules:
            rule.shown(data)

    def _called(self):
        self.calls += 1
        for rule in self.rules:
            rule.called()

    def _said_linked(self):
        for rule in self.rules:
            rule.said_linked()

    def _digest_so_far(self):
        digest = self._digest.digest()
        self._digest = hashlib.sha256(digest)
        return digest


def _clock_text(ms):
    seconds = ms // 1000
    return (
        f"{seconds // 86400:>4}d {seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms % 1000 // 100}"
    )
