"""The link API from a host: what the app on a phone would call, and the factory's activation.

Certificates are always verified. It prints nothing and keeps nothing; the session token stays in the object.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import httpx

from tools.owner.text import printable

DEFAULT_URL = "https://api.thethings.io/v2"
_TIMEOUT_S = 15.0
_UNREACHABLE = 0
_PASSING = (_UNREACHABLE, 403, 429)  # link-api: 403 is also used when a rate limit denies the request


class PlatformError(RuntimeError):
    """The platform refused (`code` is the HTTP status), or could not be reached (`code` is 0)."""

    def __init__(self, message: str, code: int = _UNREACHABLE) -> None:
        super().__init__(message)
        self.code = code

    @property
    def passing(self) -> bool:
        """True when the same call may well succeed later."""
        return self.code in _PASSING or self.code >= 500


@dataclass(frozen=True)
class Claim:
    """What a link call answered: `message`, and the thing's id once linked."""

    message: str
    thing_id: str | None = None

    @property
    def linked(self) -> bool:
        """True once the thing is in the account."""
        return self.message == "linked"


def address(url: str) -> httpx.URL:
    """The platform's address. Raises PlatformError unless it is https with a host."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme != "https" or not parsed.host:
        raise PlatformError("the platform's address must look like https://host/path", 400)
    return parsed


class Platform:
    """One platform and, after `login`, one session with it. Use as a context manager."""

    def __init__(self, url: str = DEFAULT_URL, ca: Path | None = None, session: str | None = None) -> None:
        base = address(url)
        try:
            context = ssl.create_default_context(cafile=ca)
        except OSError:
            raise PlatformError(f"{ca} cannot be read as a CA certificate in PEM form", 400) from None
        self.session = session and _token(session)
        self._http = httpx.Client(base_url=base, verify=context, timeout=_TIMEOUT_S, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def login(self, email: str, password: str) -> str:
        """Open a session; returns its token. Raises PlatformError."""
        self.session = _token(self._call("POST", "login", {"email": email, "password": password}).get("token"))
        return self.session

    def claim(self, serial: str) -> Claim:
        """The app's half of a link by serial. Raises PlatformError."""
        return _claim(self._call("POST", "me/things/link-id", {"linkId": serial}))

    def link_token(self, token: str) -> Claim:
        """Link by the thing token. Raises PlatformError."""
        return _claim(self._call("POST", "me/things", {"thingToken": token}))

    def unlink(self, thing_id: str) -> None:
        """Take a thing out of the account. Raises PlatformError."""
        if thing_id in ("", ".", ".."):  # as a path these name another resource, and no escape changes that
            raise PlatformError("that is not the id of a thing", 400)
        self._call("DELETE", f"me/things/{quote(thing_id, safe='')}")

    def things(self) -> list[str]:
        """The ids of the account's things. Raises PlatformError."""
        things = self._call("GET", "me/things").get("things")
        if not isinstance(things, list):
            raise PlatformError("the answer holds no list of things", 200)
        return [_thing_id(thing) for thing in things]

    def activate(self, code: str) -> str:
        """Use up an activation code, as the factory does; returns the new thing's token. Raises PlatformError."""
        token = self._call("POST", "things", {"activationCode": code}).get("thingToken")
        if not isinstance(token, str):
            raise PlatformError("the answer holds no thing token", 200)
        return token

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        headers = {"Authorization": self.session} if self.session else {}
        host = self._http.base_url.host
        try:
            response = self._http.request(method, path, json=body, headers=headers)
        except httpx.TimeoutException:
            raise PlatformError(f"{host} did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PlatformError(f"{host} cannot be reached: {error}") from None
        return _answer(response)


def _answer(response: httpx.Response) -> dict[str, Any]:
    status = response.status_code
    try:
        data = response.json()
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise PlatformError(f"the answer is not the platform's JSON (status {status})", status)
    if status not in (200, 201):
        raise PlatformError(f"{printable(str(data.get('message', 'refused')))} ({status})", status)
    return data


def _token(session: object) -> str:
    # Checked here because the HTTP library would quote a bad header, and so the secret, in its error.
    if not isinstance(session, str) or not session or not (session.isascii() and session.isprintable()):
        raise PlatformError("the session token is not one", 401)
    return session


def _thing_id(thing: object) -> str:
    thing_id = thing.get("thingId") if isinstance(thing, dict) else None
    if not isinstance(thing_id, str):
        raise PlatformError("the list of things holds one without an id", 200)
    return thing_id


def _claim(data: dict[str, Any]) -> Claim:
    message, thing_id = data.get("message"), data.get("thingId")
    if message == "linked" and isinstance(thing_id, str) and thing_id:
        return Claim("linked", thing_id)
    if message == "waiting for thing":
        return Claim("waiting for thing")
    raise PlatformError("the answer is not one of the link API's", 200)
