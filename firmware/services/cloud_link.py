"""Asks the platform to link this scale, on the schedule of `core.link`, until it is linked or the day is over.

It makes one bounded call at a time. What an answer means and when to ask next is decided in `core`.
"""

import console
import failure
import modules

from firmware.core import answer as answers
from firmware.core import states
from firmware.services import setup

_SAVE_PAUSE_MS = 60_000


def _transport():
    """Load what a call takes, where it is not yet."""
    import https
    import ussl

    return https, ussl


class CloudLink:
    """`link` is a `core.link.Link`, `clock` a `hw.clock.Clock`, `timekeeper` and `joined` what a call waits for.

    `records` are the `services.records.Records` that keep the link, `page` is the `services.setup.Setup` that makes room for a
    call, `roots` returns the root certificates to trust, an iterable of DER; `pulse` is the `services.pulse.Pulse` of `run`.
    """

    def __init__(self, link, identity, settings, clock, timekeeper, joined, records, page, roots, pulse):
        self._link = link
        self._serial = identity.serial
        self._url = f"{settings.api_url}/things/{identity.thing_token}/link-id"
        self._settings = settings
        self._clock = clock
        self._timekeeper = timekeeper
        self._joined = joined
        self._records = records
        self._page = page
        self._roots = roots
        self._pulse = pulse
        self._log = console.Log("link")

    def hurry(self):
        """Another network was joined: ask at once where the one before was the trouble."""
        self._link.hurry(self._clock.uptime_ms())
        self._pulse.ring()

    def restart(self):
        """The owner wants another 24 hours."""
        self._link.restart(self._clock.uptime_ms())
        self._log.info("starting over")
        self._pulse.ring()

    async def run(self):
        """Ask until the scale is linked, and keep that in flash. Once expired, it waits for `restart`."""
        while self._link.state != states.LINKED:
            await self._due()
            if not self._page.is_at_hand():
                _transport()  # while the radio joins there is time
            await self._pulse.wait(self._joined)
            await self._pulse.wait(self._timekeeper.ready)
            await self._page.pause()
            self._take(self._ask())
            self._report(self._link.due_ms(self._clock.uptime_ms()))
        await self._keep()

    async def _due(self):
        while (due_ms := self._link.due_ms(self._clock.uptime_ms())) != 0:
            await (self._pulse.wait() if due_ms is None else self._pulse.sleep_ms(due_ms))

    def _ask(self):
        try:
            return self.call()
        except MemoryError as error:
            return answers.failed(failure.phrase(error))
        finally:
            modules.forget(setup.TRANSPORT)
            self._page.resume()

    def call(self):
        """Make one call and return its `core.answer.Answer`; the transport stays loaded."""
        https, ussl = _transport()
        try:
            ussl.use_roots(self._roots())
        except (OSError, ValueError):
            pass  # then no host is trusted, and the call says so
        try:
            reply = https.post_json(
                self._url,
                {"linkId": self._serial},
                deadline_ms=self._settings.link_deadline_ms,
                allow_plain_http=self._settings.allow_plain_http,
            )
        except ussl.TlsError as error:
            # Either date may be the wrong one; only the clock can be asked again.
            is_about_dates = error.reason in (ussl.EXPIRED, ussl.NOT_YET_VALID)
            detail = f"{failure.phrase(error)}; it is {self._clock.text()} here" if is_about_dates else None
            return answers.failed(
                detail or failure.phrase(error), answers.CLOCK if is_about_dates else answers.TRANSIENT
            )
        except (OSError, ValueError) as error:
            return answers.failed(failure.phrase(error))
        return answers.read(reply.status, reply.body, reply.retry_after, self._clock.now_s())

    def _take(self, answer):
        if answer.kind == answers.CLOCK:
            self._timekeeper.doubt()
        self._link.answered(self._clock.uptime_ms(), answer)

    def _report(self, due_ms):
        if self._link.state == states.LINKED:
            self._log.info(f"linked, thing {self._link.thing_id}")
        elif self._link.state == states.EXPIRED:
            self._log.warn("expired: no app claimed it in 24 h; press the button to start over")
        else:
            say = self._log.info if self._link.state == states.WAITING else self._log.warn
            say(f"{self._link.detail}; next call in {due_ms / 1000:.1f} s")

    async def _keep(self):
        while not self._records.keep_link(self._link.thing_id, self._clock.now_s()):
            self._log.warn("the link is not stored; trying again in a minute")
            await self._pulse.sleep_ms(_SAVE_PAUSE_MS)
        self._log.info("stored")
