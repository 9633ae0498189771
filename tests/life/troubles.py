"""What can be wrong with the world, each thing with how it begins and how it ends.

When and for how long is up to the script; `desk` is the world it is done to, `dice` are its own.
"""

from life import cloud, wire
from life.desk import SETUP_KEY

_YEAR_S = 31_536_000
_STATUSES = (400, 401, 403, 404, 408, 410, 418, 429, 500, 502, 503, 504, 301)
_WAITS = ("1", "0", "30", "120", "3000", "7200", "soon", "Wed, 21 Oct 2030 07:28:00 GMT", "-5")
_NEW_KEY = b"an0ther-k3y-for-home"


def _router_off(desk, dice):
    desk.ether.change(desk.home, on=False)


def _rekeyed(desk, dice):
    desk.secrets.add(_NEW_KEY.decode())
    desk.ether.change(desk.home, key=_NEW_KEY)


def _no_dhcp(desk, dice):
    desk.ether.change(desk.home, dhcp=False)


def _no_line(desk, dice):
    desk.ether.change(desk.home, internet=False)


def _names(kind):
    def begin(desk, dice):
        desk.internet.dns = kind

    return begin


def _clock_silent(desk, dice):
    desk.internet.clock_offset_s = None


def _clock_wrong(desk, dice):
    desk.internet.clock_offset_s = dice.between(-9, 9) * _YEAR_S


def _status(desk, dice):
    desk.cloud.fault = dice.of(_STATUSES)


def _retry_after(desk, dice):
    desk.cloud.fault = dice.of((429, 503, 403)), dice.of(_WAITS)


def _reply(desk, dice):
    desk.cloud.fault = dice.of(list(cloud.REPLIES))


def _certificate(desk, dice):
    desk.cloud.fault = dice.of(cloud.CERTIFICATES)


def _silence(desk, dice):
    desk.cloud.fault = dice.of(cloud.SILENCES)


BEGINNINGS = {
    "router off": _router_off,
    "router has a new key": _rekeyed,
    "router gives no address": _no_dhcp,
    "internet line down": _no_line,
    "name server dead": _names("dead"),
    "name server slow": _names("slow"),
    "name server lies": _names("wrong"),
    "clock service silent": _clock_silent,
    "clock service wrong": _clock_wrong,
    "platform: status": _status,
    "platform: Retry-After": _retry_after,
    "platform: odd reply": _reply,
    "platform: certificate": _certificate,
    "platform: silence": _silence,
}
ERRORS = (RuntimeError, MemoryError, OSError, ValueError)
# What an error may say for itself: %s is one of the desk's secrets, as in a URL or a configuration that did not do.
_SAYINGS = ("struck by the world", "cannot reach /v2/things/%s/link-id", "bad configuration {'password': '%s'}", "%s")


def end_all(desk, keeps_key):
    """The world is well again; a router's new key may stay."""
    key = desk.home.key if keeps_key else None
    desk.ether.change(desk.home, on=True, dhcp=True, internet=True, key=key or desk.first_key)
    desk.internet.dns, desk.internet.clock_offset_s, desk.cloud.fault = None, 0, None
    desk.board.flash.no_cut()
    wire.order_strike(0, None)


def strike(desk, dice):
    """Some call into the chip soon raises what nobody foresaw."""
    kind, saying, whose = dice.of(ERRORS), dice.of(_SAYINGS), dice.below(3)

    def error():
        if kind is OSError:
            return OSError(5)
        wifi = desk.record("/wifi.json")  # the key the board knows, which need not be the router's
        secret = (desk.token, SETUP_KEY, wifi["key"] if wifi else "no network")[whose]
        return kind(saying.replace("%s", secret))

    wire.order_strike(dice.between(1, 4000), error)
