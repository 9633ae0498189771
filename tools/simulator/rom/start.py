"""Where the interpreter starts: hands over to the boot code and leaves nothing of its own behind."""

import chip

chip.power_on(globals())
