"""The status line and the headers of an HTTP/1 reply, taken in line by line (RFC 9112).

Does not read from anywhere. Of the headers it keeps three; where a redirect leads is none of them.
"""


class ReplyHead:
    """What counts in a reply's head: `status`; `length` of the body in bytes and `retry_after` in text, or None.

    `chunked` tells whether the body is in a coding we did not ask for.
    """

    def __init__(self, status_line):
        """Begin with the bytes of the status line. Raises ValueError when it is none."""
        words = status_line.split(None, 2)
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or len(words[1]) != 3:
            raise ValueError("reply is not HTTP")
        self.status = _number(words[1])
        self.length = None
        self.retry_after = None
        self.chunked = False

    def add(self, line):
        """Take in one header line, in bytes. Raises ValueError when it makes no sense."""
        name, _, value = line.partition(b":")
        name, value = name.lower(), value.strip()
        if name == b"content-length":
            length = _number(value)
            if self.length not in (None, length):
                raise ValueError("reply has two lengths")
            self.length = length
        elif name == b"retry-after" and all(byte < 128 for byte in value):
            self.retry_after = value.decode()
        elif name == b"transfer-encoding":
            self.chunked = True


def _number(digits):
    if not digits.isdigit():
        raise ValueError("reply has no number where one belongs")
    return int(digits)
