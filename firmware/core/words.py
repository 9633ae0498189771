"""What the set-up page says, one table a language: a second language is a second table with the same keys.

No HTML here; `{}` is filled in by the page, escaped.
"""

from firmware.core import joining, progress

ENGLISH = {
    "title": "Set up your scale",
    "serial": "Serial number",
    "compare": "The app shows the same number.",
    "stage found": "Network found",
    "stage joined": "Joined",
    "stage clock": "Clock set",
    "stage platform": "Platform reached",
    "stage app": "Claimed by your app",
    "stage linked": "Linked",
    "done": "done",
    "now": "in progress",
    "failed": "failed",
    "to come": "to come",
    "progress": "Progress",
    "network": "Network",
    "joining": "The scale is joining {}.",
    "getting ready": "The scale is in {} and on its way to the platform.",
    "waiting": "Waiting for your app. Open it and add the scale with the number above.",
    "linked": "Your scale is linked. You can close this page; the phone goes back to its own network.",
    "lost": "Your phone lost the scale's network. Join {} again, and this page goes on. The light shows it too.",
    "hint lost": "Your phone may lose the scale's network for a moment. Then join {} again and open {}, or watch the"
    " light: quick blinking while joining, two blinks while waiting for your app, steady once linked.",
    "choose": "Your home network",
    "hint band": "The scale uses 2.4 GHz networks only; a 5 GHz network is not in the list.",
    "searching": "Looking for networks.",
    "nothing found": "No network found yet.",
    "search": "Search again",
    "other": "Another or a hidden network",
    "name": "Its name",
    "key": "Key (password)",
    "show": "Show the key",
    "connect": "Connect",
    "use another": "Use another network",
    "signal 1": "weak",
    "signal 2": "fair",
    "signal 3": "strong",
    "locked": "needs a key",
    "open": "open",
    "no name": "Choose a network, or type its name.",
    "long name": "A network's name has at most 32 bytes, and this one has more. Check the name.",
    "bad key": "A key has 8 to 63 letters, digits or signs of the plain keyboard (no accents), or is 64 hex digits."
    " Enter it again; leave it empty only for an open network.",
    "no key": "This network needs a key. Enter it.",
    "stale": "The page was too old. Enter the network again.",
    "old page": "Nothing was changed.",
    joining.WRONG_KEY: "{} refused the key. It is probably wrong: enter it again.",
    joining.NO_NETWORK: "{} was not found. Is the router on and near? Is the name right, and is it a 2.4 GHz network?",
    joining.NO_ADDRESS: "{} let the scale in but gave it no address. Restart the router, then connect again.",
    joining.OTHER_SECURITY: "{} wants another kind of key, or none. Check the key; leave it empty for an open network.",
    joining.REFUSED: "The radio did not start. Connect again; if that does not help, unplug the scale and plug it in.",
    progress.NO_INTERNET: "{} has no way to the internet. Check the router's line. The scale keeps trying.",
    progress.BUSY: "The platform is in trouble. Nothing is wrong with your network. The scale keeps trying.",
    progress.REFUSED: "The platform refuses this scale. Ask whoever sold it, and name its serial number.",
    progress.TOO_OLD: "This scale's software is too old for the platform. Ask whoever sold it for an update.",
    progress.EXPIRED: "Nobody claimed the scale in 24 hours. Unplug it and plug it in to start over.",
}

LANGUAGES = {"en": ENGLISH}


def best(accepted):
    """Return the code of the language to use for an `Accept-Language` header, text or None: English if in doubt."""
    for part in (accepted or "").split(","):
        code = part.split(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"
