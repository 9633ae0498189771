"""The owner's side of the link API: what the app on a phone would call.

Certificates are always verified. It prints nothing and keeps nothing; the session token stays in the object.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

DEFAULT_URL = "https://api.thethings.io/v2"
_TIMEOUT_S = 15.0


class PlatformError(RuntimeError):
    """The platform refused (`code` is the HTTP status), or could not be reached (`code` is 0)."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Claim:
    """What a link call answered: `message`, and the thing's id once linked."""

    message: str
    thing_id: str | None = None

    @property
    def linked(self) -> bool:
        """True once the thing is in the account."""
        return self.message == "linked"


class Platform:
    """One platform and, after `login`, one session with it. Use as a context manager."""

    def __init__(self, url: str = DEFAULT_URL, ca: Path | None = None, session: str | None = None) -> None:
        if not url.startswith("https://"):
            raise PlatformError("the platform's address must begin with https://")
        try:
            context = ssl.create_default_context(cafile=ca)
        except (OSError, ssl.SSLError):
            raise PlatformError(f"{ca} cannot be read as a CA certificate in PEM form") from None
        self.session = session
        self._http = httpx.Client(base_url=url, verify=context, timeout=_TIMEOUT_S, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def login(self, email: str, password: str) -> str:
        """Open a session; returns its token. Raises PlatformError."""
        token = self._call("POST", "/login", {"email": email, "password": password}).get("token")
        if not isinstance(token, str) or not token:
            raise PlatformError("the platform gave no session token")
        self.session = token
        return token

    def claim(self, serial: str) -> Claim:
        """The app's half of a link by serial. Raises PlatformError."""
        return _claim(self._call("POST", "/me/things/link-id", {"linkId": serial}))

    def link_token(self, token: str) -> Claim:
        """Link by the thing token. Raises PlatformError."""
        return _claim(self._call("POST", "/me/things", {"thingToken": token}))

    def unlink(self, thing_id: str) -> None:
        """Take a thing out of the account. Raises PlatformError."""
        self._call("DELETE", f"/me/things/{thing_id}")

    def things(self) -> list[str]:
        """The ids of the account's things. Raises PlatformError."""
        things = self._call("GET", "/me/things").get("things", [])
        return [str(thing.get("thingId")) for thing in things if isinstance(thing, dict)]

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        headers = {"Authorization": self.session} if self.session else {}
        try:
            response = self._http.request(method, path.removeprefix("/"), json=body, headers=headers)
        except httpx.TimeoutException:
            raise PlatformError(f"{self._http.base_url.host} did not answer in time") from None
        except httpx.HTTPError as error:
            raise PlatformError(f"{self._http.base_url.host} cannot be reached: {error}") from None
        try:
            data = response.json()
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise PlatformError(
                f"the answer is not the platform's JSON (status {response.status_code})", response.status_code
            )
        if response.status_code not in (200, 201):
            raise PlatformError(f"{data.get('message', 'refused')} ({response.status_code})", response.status_code)
        return data


def _claim(data: dict[str, Any]) -> Claim:
    message, thing_id = data.get("message"), data.get("thingId")
    if message == "linked" and isinstance(thing_id, str) and thing_id:
        return Claim("linked", thing_id)
    if message == "waiting for thing":
        return Claim("waiting for thing")
    raise PlatformError("the answer is not one of the link API's")
