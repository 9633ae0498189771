"""Says in a few words why a call failed, for the log and for people.

Does not decide what to do about it.
"""

import errno

_NO_SPACE = 28  # ENOSPC, which the module errno does not name
_WORDS = {
    _NO_SPACE: "no room in flash",
    errno.ETIMEDOUT: "no answer in time",
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection broken off",
    errno.ECONNABORTED: "connection broken off",
    errno.ENOTCONN: "connection broken off",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENOMEM: "out of memory",
}


def phrase(error):
    """Return what `error`, an OSError or a ValueError that `https.post_json` raised, means to a person."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, str):
        return cause
    if cause in _WORDS:
        return _WORDS[cause]
    # Only getaddrinfo fails with a negative number, another one on each port.
    return "host name not found" if cause is not None and cause < 0 else f"error {cause}"
