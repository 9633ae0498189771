"""Keeps the session token between two runs of the app, in a file that only its owner can read.

It does not log in, and it prints nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

from tools import xdg
from tools.owner.client import PlatformError, address


def default_path() -> Path:
    """Where the session is kept unless the user says otherwise."""
    return xdg.folder("XDG_STATE_HOME", ".local/state") / "session"


def read(url: str, path: Path) -> str:
    """The session with the platform at `url` kept in `path`. Raises PlatformError, code 401, when there is none."""
    try:
        platform, _, session = path.read_text().partition("\n")
    except (OSError, UnicodeError):
        raise PlatformError(f"no session in {path}", 401) from None
    if platform != _origin(url):  # a session of one platform must never be sent to another
        raise PlatformError(f"the session in {path} is not with {_origin(url)}", 401)
    return session.strip()


def keep(session: str, url: str, path: Path) -> None:
    """Write the session with the platform at `url` to `path`. Raises PlatformError when that cannot be done."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # an old file may be readable by others, or be a link to elsewhere
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{_origin(url)}\n{session}\n")
    except OSError as error:
        raise PlatformError(f"the session cannot be kept in {path}: {error.strerror}") from None


def _origin(url: str) -> str:
    return address(url).netloc.decode()
