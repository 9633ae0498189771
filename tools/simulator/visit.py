"""A visit to the set-up page by a phone without a browser: requests by hand, answers taken apart.

It knows the page's two paths and the names of its fields, as a browser learns them from the page.
"""

from __future__ import annotations

import gzip
import re
import socket
from urllib.parse import urlencode

from tools.simulator import access_point
from tools.simulator.phone import Phone


class Answer:
    """One HTTP reply, taken apart. Raises ConnectionError when it is not whole: the visitor was turned away."""

    def __init__(self, raw: bytes, has_body: bool = True) -> None:
        head, end, self.body = raw.partition(b"\r\n\r\n")
        if not end:
            raise ConnectionError("turned away")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if has_body and len(self.body) < int(self.headers.get("content-length", 0)):
            raise ConnectionError("turned away in the middle")

    @property
    def text(self) -> str:
        """The body, unpacked if need be."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


def everything(connection: socket.socket) -> bytes:
    """All bytes until the other end closes."""
    data = b""
    while more := connection.recv(4096):
        data += more
    return data


def ask(
    phone: Phone, path: str = "/", *lines: str, host: str = access_point.ADDRESS, method: str = "GET", body: bytes = b""
) -> Answer:
    """One request on a connection of its own. Raises OSError."""
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    with phone.connect(access_point.ADDRESS) as connection:
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        return Answer(everything(connection))


def part(phone: Phone) -> str:
    """What the page's script would show now."""
    return ask(phone, "/", "X-Part: 1").text


def token(phone: Phone) -> str:
    """The token of the page's forms."""
    found = re.search(r'name="token" value="(\w+)"', part(phone))
    if found is None:
        raise ValueError("the page has no form")
    return found.group(1)


def submit(phone: Phone, **fields: str) -> Answer:
    """Send the form as the page without scripts does."""
    body = urlencode({"token": token(phone), **fields}).encode()
    return ask(phone, "/connect", method="POST", body=body)
