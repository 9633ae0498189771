"""The set-up page's body as HTML: what the scale knows, said in the words of one language.

Whatever came from the air or from a person passes through `escaped`. The page's head, its style and its script are
files of `firmware/page`; the script swaps the content of `<main>`, which `part` makes alone.
"""

import binascii

from firmware.core import joining, networks, progress

# A language is a table `firmware/page/<code>.json` with the keys of `en.json`; the first one is for everybody else.
LANGUAGES = ("en",)

_REFRESH_S = 3
_MAX_ACCEPTED = 100
_AS_TYPED = ' autocomplete="off" autocapitalize="none" spellcheck="false"'
# With these the network itself is in question, so the form stands open and asks for the key again.
_FORM_TROUBLES = (joining.WRONG_KEY, joining.NO_NETWORK, joining.NO_ADDRESS, joining.OTHER_SECURITY, joining.REFUSED)


class View:
    """What the page shows. `words` is the table of one language, `serial`, `own_name` and `address` are the scale's.

    `token` goes into the forms. `networks` is what a search found, `is_searching` whether one is to come. `target` is
    the SSID being joined or joined, or None, with its `progress`, a `core.progress.Progress`. `problem` is (key of
    words, SSID in bytes to keep or None) of what was refused, or None.
    """

    def __init__(self, words, serial, own_name, address, token):
        self.words = words
        self.serial = serial
        self.own_name = own_name
        self.address = address
        self.token = token
        self.networks = []
        self.is_searching = False
        self.target = None
        self.progress = None
        self.problem = None


def language(accepted):
    """Return the code of the language to use for an `Accept-Language` header, text or None."""
    for part in (accepted or "")[:_MAX_ACCEPTED].split(","):
        code = part.split(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


def escaped(text):
    """Return `text` fit for HTML, between tags and inside a quoted attribute."""
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, name)
    return text


def body(view):
    """Yield the page from after its head to its end, in pieces small enough for a heap that is in pieces itself."""
    words = view.words
    # Without scripts the page is loaded anew, but not under the hands of somebody who types.
    if view.is_searching or not _form_in_sight(view) and not view.progress.is_done():
        yield f'<noscript><meta http-equiv="refresh" content="{_REFRESH_S};url=/"></noscript>'
    yield f"</head><body><header><h1>{escaped(words['title'])}</h1></header>"
    yield '<p id="lost" class="bad" role="status" hidden>'
    yield escaped(words["lost"].format(view.own_name))
    yield "</p><main>"
    yield from part(view)
    yield "</main></body></html>"


def part(view):
    """Yield the content of `<main>` in pieces."""
    trouble = view.problem or _trouble(view)
    yield _serial(view)
    if trouble:
        yield _alert(view, *trouble)
    if view.progress is not None:
        yield from _stages(view)
        if view.progress.trouble == progress.EXPIRED:
            yield _order(view, "/again", "again")
    # A linked scale needs a network only when the one it knows no longer takes it.
    if view.progress is None or not view.progress.is_done() or view.progress.trouble:
        yield from _choice(view, trouble)


def _form_in_sight(view):
    return view.progress is None or view.problem is not None or view.progress.trouble in _FORM_TROUBLES


def _trouble(view):
    return (view.progress.trouble, view.target) if view.progress and view.progress.trouble else None


def _serial(view):
    words = view.words
    return (
        f'<p class="serial"><span>{escaped(words["serial"])}</span> <b>{escaped(view.serial)}</b>'
        f"<small>{escaped(words['compare'])}</small></p>"
    )


def _alert(view, key, ssid):
    name = f"<bdi>{escaped(networks.name(ssid))}</bdi>" if ssid else escaped(view.words["network"])
    return f'<p class="bad" role="alert">{escaped(view.words[key]).replace("{}", name)}</p>'


def _stages(view):
    words, reached = view.words, view.progress.reached
    yield f"<section><h2>{escaped(words['progress'])}</h2>"
    if not _form_in_sight(view):
        yield f'<p role="status">{_sentence(view)}</p>'
    yield '<ol class="stages">'
    for number, stage in enumerate(progress.STAGES):
        if number < reached:
            state = "done"
        elif number > reached:
            state = "to come"
        else:
            state = "failed" if view.progress.trouble else "now"
        name, shown = escaped(words["stage " + stage]), escaped(words[state])
        yield f'<li class="{state.replace(" ", "-")}">{name} <span class="sr">{shown}</span></li>'
    yield "</ol>"
    yield _hint(view)
    yield "</section>"


def _sentence(view):
    words, reached = view.words, view.progress.reached
    if view.progress.is_done():
        return escaped(words["linked"])
    if reached == progress.STAGES.index("app"):
        return escaped(words["waiting"])
    key = "joining" if reached < progress.STAGES.index("clock") else "getting ready"
    return escaped(words[key]).replace("{}", f"<bdi>{escaped(networks.name(view.target))}</bdi>")


def _hint(view):
    if view.progress.is_done() or _form_in_sight(view):
        return ""
    hint = view.words["hint lost"].format(view.own_name, "http://" + view.address)
    return f'<p class="hint">{escaped(hint)}</p>'


def _choice(view, trouble):
    """The form: in sight when the network is what is in question, else behind a line to tap."""
    words = view.words
    in_sight = _form_in_sight(view)
    if in_sight:
        yield "<section>"
    else:
        is_open = " open" if view.progress.trouble else ""
        yield f"<details{is_open}><summary>{escaped(words['use another'])}</summary>"
    yield f"<h2>{escaped(words['choose'])}</h2>"
    yield from _connect(view, trouble[1] if trouble else None)
    yield _search(view)
    yield "</section>" if in_sight else "</details>"


def _connect(view, kept):
    """The form for a network, with the one of SSID `kept` chosen."""
    words = view.words
    legend = escaped(words["network"])
    yield f'<form method="post" action="/connect">{_token(view)}<fieldset><legend class="sr">{legend}</legend>'
    if not view.networks:
        yield f"<p>{escaped(words['searching' if view.is_searching else 'nothing found'])}</p>"
    for network in view.networks:
        yield _network(words, network, network.ssid == kept)
    is_typed = kept is not None and not any(network.ssid == kept for network in view.networks)
    yield from _other(view, networks.name(kept) if is_typed else "")
    yield f'</fieldset><p class="hint">{escaped(words["hint band"])}</p><p><label for="key">{escaped(words["key"])}</label>'
    yield f'<input id="key" name="key" type="password" maxlength="64"{_AS_TYPED}></p>'
    yield '<p class="show" hidden><input type="checkbox" id="show">'
    yield f'<label for="show">{escaped(words["show"])}</label></p><button>{escaped(words["connect"])}</button></form>'


def _other(view, typed):
    """The line for a network that is not in the list, and the field for its name."""
    words = view.words
    chosen = " checked" if typed or not view.networks else ""
    yield f'<input type="radio" name="network" value="" id="other"{chosen}>'
    yield f'<label class="row" for="other">{escaped(words["other"])}</label>'
    yield f'<p class="name"><label for="name">{escaped(words["name"])}</label>'
    yield f'<input id="name" name="name" value="{escaped(typed)}" maxlength="32"{_AS_TYPED}></p>'


def _network(words, network, is_chosen):
    value = binascii.hexlify(network.ssid).decode()
    checked = " checked" if is_chosen else ""
    bars = network.bars()
    seen = escaped(words["signal " + str(bars)] + ", " + words["locked" if network.has_key else "open"])
    return (
        f'<label class="row"><input type="radio" name="network" value="{value}"{checked}>'
        f'<bdi>{escaped(networks.name(network.ssid))}</bdi><small class="bars{bars}">{seen}</small></label>'
    )


def _search(view):
    if view.is_searching:
        return _order(view, "/search", "searching", "quiet", " disabled")
    return _order(view, "/search", "search", "quiet")


def _order(view, path, words, kind="", state=""):
    """A form that is one button."""
    button = f'<button class="{kind}"{state}>{escaped(view.words[words])}</button>'
    return f'<form method="post" action="{path}">{_token(view)}{button}</form>'


def _token(view):
    return f'<input type="hidden" name="token" value="{view.token}">'
