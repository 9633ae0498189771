"""What the platform's answer to the link call means: the answer table of link-api, one row a line.

Does not make the call and does not decide when the next one is due.
"""

import json

LINKED = "linked"
WAITING = "waiting"
TRANSIENT = "transient"
CLOCK = "clock"
REFUSED = "refused"
TOO_OLD = "too old"
REDIRECTED = "redirected"

MAX_THING_ID_CHARS = 64

# A status that is not here is taken for the x00 of its class (RFC 9110, 15).
_BY_STATUS = {
    400: (REFUSED, "the platform finds the request invalid"),
    401: (REFUSED, "the platform does not accept the thing token"),
    403: (TRANSIENT, "the platform refuses for now, perhaps by rate limit"),
    404: (REFUSED, "the platform does not know this thing"),
    408: (TRANSIENT, "the platform got the request too slowly"),
    410: (TOO_OLD, "this firmware is too old for the platform"),
    429: (TRANSIENT, "the platform asks for fewer calls"),
}
_BY_CLASS = {
    1: (TRANSIENT, "the platform sent half an answer"),
    2: (TRANSIENT, "not the platform's JSON"),
    3: (REDIRECTED, "a redirect, which is not followed"),
    4: (REFUSED, "the platform refuses the request"),
    5: (TRANSIENT, "the platform is in trouble"),
}


class Answer:
    """One answer: its `kind`, a short `detail` for people, and what came with it.

    `thing_id` is the platform's id when LINKED, else None. `retry_after_ms` is the wait the platform
    asks for when TRANSIENT, else None. `is_reply` is False when nothing came back at all. No attribute
    holds a secret.
    """

    def __init__(self, kind, detail, thing_id=None, retry_after_ms=None, is_reply=True):
        self.kind = kind
        self.is_reply = is_reply
        self.detail = detail
        self.thing_id = thing_id
        self.retry_after_ms = retry_after_ms


def read(status, body, retry_after=None, epoch_s=None):
    """Return the `Answer` that an HTTP reply means (link-api: "What a device must make of an answer").

    `body` is bytes, `retry_after` the text of that header or None, `epoch_s` now in Unix seconds or
    None while the clock is not set. Never raises for what a platform may send.
    """
    answer = _from_body(body) if status in (200, 201) else None
    if answer:
        return answer
    kind, detail = _BY_STATUS.get(status) or _BY_CLASS.get(status // 100) or _BY_CLASS[2]
    wait_ms = None
    if kind == TRANSIENT and retry_after is not None:
        from firmware.core import retry_after as retry_afters  # few answers have one, and its memory is wanted

        wait_ms = retry_afters.parse(retry_after, epoch_s)
    return Answer(kind, f"{detail} ({status})", retry_after_ms=wait_ms)


def failed(detail, kind=TRANSIENT):
    """Return the `Answer` for a call that got none; `kind` is CLOCK when a wrong clock spoilt TLS."""
    return Answer(kind, detail, is_reply=False)


def is_thing_id(value):
    """Tell whether `value` can be a thing id: 1 to 64 printable ASCII characters, no blanks."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_THING_ID_CHARS:
        return False
    return all(" " < character <= "~" for character in value)


def _from_body(body):
    """Return the answer in a successful reply's JSON, or None when it is not the platform's."""
    try:
        data = json.loads(body)
    except ValueError:
        return None
    if not isinstance(data, dict) or data.get("status") != "success":
        return None
    message, thing_id = data.get("message"), data.get("thingId")
    if message == "waiting for app":
        return Answer(WAITING, "waiting for app")
    if message == "linked" and is_thing_id(thing_id):
        return Answer(LINKED, "linked", thing_id)
    return None
