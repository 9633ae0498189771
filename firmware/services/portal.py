"""The set-up page on the scale's own network: what a visitor is answered, and what a form sets off.

Who may visit is `services.visits`. HTML is made in `core.page`, bytes are read in `lib/http_request`, microdot finds the
handler. A foreign host gets a redirect and nothing else, which is what makes a phone open the page by itself.
"""

import time

import console
import form as forms
import http_request
import microdot
import page_file

from firmware.core import credentials, networks, page
from firmware.services import visits

_HEADERS = ("accept-encoding", "accept-language", "x-part")
# 8 kB on the wire, with the headers.
_MAX_PAGE_BYTES = 7_800
_PAGE_FILE = "/firmware/page/{}.{}"
_COMMON = {"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Connection": "close"}


class Portal:
    """`radio` is asked for networks and told of candidates; `progress` is a callable that returns a `core.progress`.

    `restart` is called when the owner wants another 24 hours. `shown` is (serial, name of the scale's own network, address
    served at, token that a form must send back).
    """

    def __init__(self, radio, progress, restart, shown):
        self._radio = radio
        self._progress = progress
        self._restart = restart
        self._shown = shown
        _, _, address, token = shown
        self._address = address
        self._token = token
        self._has_searched = False
        self._words = {}
        self._log = console.Log("portal")
        self._app = microdot.Microdot()
        self._app.route("/", methods=["GET", "HEAD"])(self._on_page)
        self._app.route("/connect", methods=["POST"])(self._on_connect)
        self._app.route("/search", methods=["POST"])(self._on_search)
        self._app.route("/again", methods=["POST"])(self._on_again)
        self._app.errorhandler(404)(self._on_elsewhere)

    async def answer(self, visit, reader, writer, peer):
        """Answer one request of `peer`; `visit` is told when it was there."""
        try:
            request = await http_request.read(reader, _HEADERS)
        except http_request.Refused as error:
            if error.status is not None:
                await self._send(writer, microdot.Response(b"", error.status))
            return
        visit[1] = time.ticks_ms()
        await self._send(writer, await self._response(request, peer))

    async def _response(self, request, peer):
        if request.headers.get("host") not in (self._address, f"{self._address}:{visits.PORT}"):
            return self._redirect(302)
        path = request.target.split("?", 1)[0]  # no query means anything here, and some cannot be taken apart
        headers = microdot.NoCaseDict(request.headers)
        wrapped = microdot.Request(self._app, peer, request.method, path, "1.1", headers, request.body)
        return await self._app.dispatch_request(wrapped)

    async def _send(self, writer, response):
        for name, value in _COMMON.items():
            response.headers.setdefault(name, value)
        response.complete()
        await response.write(_Stream(writer))

    def _redirect(self, status):
        url = f"http://{self._address}/"
        body = f'<a href="{url}">{url}</a>'
        return microdot.Response(body.encode(), status, {"Location": url, "Content-Type": "text/html"})

    def _on_elsewhere(self, request):
        return self._redirect(302)

    def _on_page(self, request):
        radio = self._radio
        # Once, then by the button: each search takes the radio off the visitor's channel.
        if not (self._has_searched or radio.networks) and (radio.target is None or radio.cause):
            self._has_searched = True
            radio.want_search()
        return self._page(request)

    def _on_search(self, request):
        if self._fields(request) is None:
            return self._page(request, ("stale", None), 403)
        self._radio.want_search()
        return self._done(request)

    def _on_again(self, request):
        if self._fields(request) is None:
            return self._page(request, ("stale", None), 403)
        self._restart()
        return self._done(request)

    def _on_connect(self, request):
        fields = self._fields(request)
        if fields is None:
            return self._page(request, ("stale", None), 403)
        try:
            candidate = credentials.from_form(fields, self._radio.networks)
        except credentials.Refused as error:
            return self._page(request, (error.reason, error.ssid), 400)
        self._log.info(f"asked to join {networks.name(candidate.ssid)}")
        self._radio.want(candidate)
        return self._done(request)

    def _fields(self, request):
        """Return the form's fields when it carries this page's token, else None."""
        try:
            fields = forms.decode(request.body)
        except ValueError:
            return None
        return fields if fields.get("token") == self._token.encode() else None

    def _done(self, request):
        # 303: the browser loads the page, and loading that again sends no form again (RFC 9110, 15.4.4).
        return self._page(request) if "X-Part" in request.headers else self._redirect(303)

    def _page(self, request, problem=None, status=200):
        language = page.language(request.headers.get("Accept-Language"))
        if language not in self._words:
            self._words[language] = page_file.Words(_PAGE_FILE.format(language, "txt"))
        view = page.View(self._words[language], *self._shown)
        view.networks = self._radio.networks
        view.is_searching = self._radio.is_searching()
        view.problem = problem or self._radio.refused
        if self._radio.target is not None:
            view.target = self._radio.target.ssid
            view.progress = self._progress()
        return _html(request, view, language, status)


def _html(request, view, language, status):
    """Return the page or, for the page's own script, what changes in it. It goes out piece by piece.

    Names from the air can be of any length and number; of those that do not fit the weakest are left out.
    """
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    is_part = "X-Part" in request.headers
    is_packed = not is_part and "gzip" in request.headers.get("Accept-Encoding", "")
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    size, pieces = _sized(view, language, is_part, is_packed)
    while size > _MAX_PAGE_BYTES and view.networks:
        view.networks = view.networks[:-1]
        size, pieces = _sized(view, language, is_part, is_packed)
    headers["Content-Length"] = str(size)
    return microdot.Response(pieces, status, headers)


def _sized(view, language, is_part, is_packed):
    """Return (bytes in all, the pieces)."""
    if is_part:
        return page_file.size(lambda: page.part(view)), page.part(view)
    if is_packed:
        return page_file.zipped(_PAGE_FILE.format(language, "gz"), lambda: page.body(view))
    return page_file.plain(_PAGE_FILE.format(language, "html"), lambda: page.body(view))


class _Stream:
    """The two methods that microdot writes with."""

    def __init__(self, writer):
        self._writer = writer

    async def awrite(self, data):
        self._writer.write(data)
        await self._writer.drain()
