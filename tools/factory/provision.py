"""Gives one board its identity over its serial port, and believes nothing that it has not read back.

Where the identity comes from is `order`'s business.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.board.errors import BoardError
from tools.factory import scale as scales
from tools.factory.board import COMPANIONS, Board
from tools.factory.ledger import Ledger
from tools.factory.order import Activate, Order, carry_out
from tools.factory.scale import Scale

_IDENTITY, _WIFI, _STATE = f"/{scales.IDENTITY_FILE}", f"/{scales.WIFI_FILE}", "/state.json"


class RefusedError(RuntimeError):
    """The board holds what must not be lost without a word."""


@dataclass(frozen=True)
class Rules:
    """What may happen to a board or an identity that is somebody's already."""

    replace: bool = False
    move: bool = False


def provision(
    board: Board, order: Order, ledger: Ledger, out: Path, activate: Activate, rules: Rules, say: Callable[[str], None]
) -> Scale:
    """Make `board` the scale of this order. Raises what `carry_out` raises, BoardError and RefusedError."""
    held, is_damaged = _held(board)
    say(f"the board holds {_name(held, is_damaged)}")
    if held and _is_ordered(held, order, ledger):
        order = dataclasses.replace(order, serial=held.serial, setup_key=held.setup_key)
    elif (held or is_damaged) and not rules.replace:
        what = _name(held, is_damaged)
        raise RefusedError(f"the board holds {what}; to put another identity in its place, give --replace")
    number, known = board.number(), ledger.find(order.token, order.code)
    if known is not None:
        ledger.refuse_another_board(known, number, rules.move)
    if order.code:
        say("asking the platform to activate the thing")
    scale = carry_out(order, ledger, out, activate).scale
    ledger.bind(scale.serial, number, rules.move)
    say(f"the files of {scale.serial} are in {out / scale.serial}")
    is_new = held is None and not is_damaged
    is_same = held is not None and (held.serial, held.token) == (scale.serial, scale.token)
    _write(board, scale.files, is_new or is_same, keeps_wifi=is_same and order.wifi is None)
    say("written, read back and in order")
    ledger.done(scale.serial)
    return scale


def _write(board: Board, wanted: dict[str, bytes], keeps_state: bool, keeps_wifi: bool) -> None:
    files = {
        f"/{name}": content
        for name, content in reversed(wanted.items())  # the identity last
        if not scales.says_the_same(board.read(f"/{name}"), content)
    }
    if keeps_wifi:
        files.pop(_WIFI, None)
    # The link belongs to the old identity, and the home network to its owner.
    stale = [_STATE] if _WIFI[1:] in wanted else [_STATE, _WIFI]
    board.replace(files, gone=() if keeps_state else stale)
    if any(board.read(name) != content for name, content in files.items()):
        raise BoardError("what is on the board is not what was written; run the same command again")


def _held(board: Board) -> tuple[Scale | None, bool]:
    """The identity on the board, as the firmware would find it; and whether there is one that cannot be read."""
    contents = [content for ending in ("", *COMPANIONS) if (content := board.read(_IDENTITY + ending)) is not None]
    for content in contents:
        try:
            return scales.from_files(content), False
        except ValueError:
            continue
    return None, bool(contents)


def _name(held: Scale | None, is_damaged: bool) -> str:
    if held is not None:
        return f"the identity {held.serial}"
    return "an identity that cannot be read" if is_damaged else "no identity"


def _is_ordered(held: Scale, order: Order, ledger: Ledger) -> bool:
    """Tell whether this order, in an earlier try, has made what the board holds."""
    if order.serial not in (None, held.serial) or order.setup_key not in (None, held.setup_key):
        return False
    if order.token is not None:
        return order.token == held.token
    return ledger.find(token=held.token) == held.serial == ledger.find(code=order.code)
