"""`micropython` with a `kbd_intr` that tells the serial port when Ctrl-C and line ends are plain bytes.

On the chip the console translates text only; on the desk the port cannot see the difference by itself.
"""

import micropython
import wire


class _Module:
    """Looks like the module `micropython`."""

    def __getattr__(self, name):
        return getattr(micropython, name)

    def kbd_intr(self, char):
        wire.ask("keyboard", plain=char < 0)
        micropython.kbd_intr(char)


module = _Module()
