"""Makes text from outside fit for a terminal.

It decides nothing: what a name means is settled on its bytes, before they come here.
"""


def printable(text: str) -> str:
    r"""`text` with everything that could steer a terminal written as an escape like `\x1b`."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
