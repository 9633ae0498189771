"""What an app and a device say to a sandbox over verified HTTPS, and what its answers must look like.

No test is here; the tests of the sandbox share it.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import httpx

from tools.sandbox import ManualClock, Sandbox

SERIAL = "7KM2XQ9RTF"
OWNER = "owner@example.com"


class Platform:
    """A sandbox under a clock of ours, and what an app and a device say to it."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.sandbox = Sandbox(folder, clock=clock)
        self.clock = clock

    def __enter__(self) -> Platform:
        self.sandbox.__enter__()
        context = ssl.create_default_context(cafile=self.sandbox.ca_pem_path)
        self.http = httpx.Client(base_url=self.sandbox.url, verify=context)
        return self

    def __exit__(self, *ending: Any) -> None:
        self.http.close()
        self.sandbox.__exit__(*ending)

    def user(self, email: str) -> str:
        """A session of a new user."""
        self.sandbox.add_user(email, "correct horse")
        return self.log_in(email)

    def log_in(self, email: str) -> str:
        """A further session."""
        return self.http.post("login", json={"email": email, "password": "correct horse"}).json()["token"]

    def claim(self, session: str, serial: str = SERIAL) -> httpx.Response:
        """The app's half."""
        return self.http.post("me/things/link-id", json={"linkId": serial}, headers={"Authorization": session})

    def offer(self, token: str, serial: str = SERIAL) -> httpx.Response:
        """The device's half."""
        return self.http.post(f"things/{token}/link-id", json={"linkId": serial})

    def by_token(self, session: str, token: str) -> httpx.Response:
        """The link by thing token."""
        return self.http.post("me/things", json={"thingToken": token}, headers={"Authorization": session})

    def unlink(self, session: str, thing: str) -> httpx.Response:
        """The end of a link."""
        return self.http.delete(f"me/things/{thing}", headers={"Authorization": session})

    def things(self, session: str) -> list[str]:
        """The ids in an account."""
        answer = self.http.get("me/things", headers={"Authorization": session}).json()
        return [thing["thingId"] for thing in answer["things"]]


def said(response: httpx.Response) -> str:
    """The message of a success."""
    assert response.status_code in (200, 201), response.text
    assert response.json()["status"] == "success"
    return response.json()["message"]


def assert_refused(response: httpx.Response, code: int) -> None:
    """The platform's error body, with its status twice."""
    assert response.status_code == code, response.text
    body = response.json()
    assert set(body) == {"status", "code", "message"}
    assert (body["status"], body["code"]) == ("error", code)
    assert body["message"]


def linked_thing(response: httpx.Response) -> str:
    """The thing's id out of a completed link."""
    assert said(response) == "linked"
    return response.json()["thingId"]
