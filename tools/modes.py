"""Draws how one state of the scale follows another, from the code itself, into docs/modes.md.

It asks the rules of `core` what they do; it knows none of them. Usage: python -m tools.modes
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from firmware.core import answer, lives, states
from firmware.core.link import Link

PAGE = Path(__file__).parents[1] / "docs" / "modes.md"
_KINDS = ("WAITING", "TRANSIENT", "CLOCK", "REDIRECTED", "REFUSED", "TOO_OLD", "LINKED")
Edge = tuple[str, str, str]


def _answer(kind: str) -> answer.Answer:
    return answer.Answer(getattr(answer, kind), kind, "thing-1" if kind == "LINKED" else None)


def _at(state: str) -> tuple[Link, int]:
    """A link in `state`, and the moment its next call is due; as short a way there as possible."""
    link = Link(lambda: 0.5)
    if state == states.EXPIRED:
        link.answered(0, _answer("WAITING"))
        due_ms = 0
        while (wait_ms := link.due_ms(due_ms)) is not None:
            due_ms += wait_ms
            link.answered(due_ms, _answer("WAITING"))
        return link, due_ms
    for kind in _KINDS if state != states.ASKING else ():
        link = Link(lambda: 0.5)
        if link.answered(0, _answer(kind)) == state:
            break
    return link, link.due_ms(0) or 0


def link_edges() -> set[Edge]:
    """(state, what happens, next state) of the link."""
    edges = {("[*]", "power-on", states.ASKING)}
    todo, seen = [states.ASKING], set()
    while todo:
        state = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        for what, after in _steps(state):
            edges.add((state, what, after))
            todo.append(after)
    return edges


def _steps(state: str) -> Iterator[tuple[str, str]]:
    if _at(state)[0].due_ms(0) is None:  # no call is ever due
        link, now_ms = _at(state)
        link.restart(now_ms)
        yield "restart" if state == states.EXPIRED else "forget, relink", link.state
        return
    for kind in _KINDS:
        link, now_ms = _at(state)
        yield getattr(answer, kind), link.answered(now_ms, _answer(kind))
    if state == states.WAITING:
        yield "24 hours", _at(states.EXPIRED)[0].state


def life_edges() -> set[Edge]:
    """The same of lives: how often one may end too soon."""
    edges = {("[*]", "power-on", "running")}
    life = lives.Lives(b"")
    life.begin(lives.POWER_ON)
    crashes = 0
    while not life.is_safe():
        life.ends("crash", is_crash=True)
        crashes += 1
        life = _next(life)
    edges.add(("running", f"crash number 1 to {crashes - 1} in a row", "running"))
    edges.add(("running", f"crash number {crashes} in a row", "safe mode"))
    life.leaves_safe()
    edges.add(
        ("safe mode", "10 min, up to an hour, or the button", "safe mode" if _next(life).is_safe() else "running")
    )
    return edges


def _next(life: lives.Lives) -> lives.Lives:
    after = lives.Lives(life.to_bytes())
    after.begin(lives.HARD)
    return after


def diagram(edges: set[Edge]) -> str:
    """The edges in mermaid's language, those between the same two states in one line."""
    labels = defaultdict(list)
    for state, what, after in sorted(edges):
        labels[state, after].append(what)
    lines = ["```mermaid", "stateDiagram-v2"]
    names = sorted({name for pair in labels for name in pair} - {"[*]"})
    lines += [f'    state "{name}" as {_id(name)}' for name in names if " " in name]
    lines += [f"    {_id(a)} --> {_id(b)}: {', '.join(what)}" for (a, b), what in labels.items()]
    return "\n".join([*lines, "```"])


def _id(name: str) -> str:
    return name.replace(" ", "_")


def drawn(page: str) -> str:
    """`page` with its diagrams as the code has them now."""
    for name, edges in (("link", link_edges()), ("life", life_edges())):
        block = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        made = diagram(edges)
        page, count = re.subn(block, lambda found, made=made: f"{found[1]}{made}\n{found[2]}", page, flags=re.DOTALL)
        assert count == 1, f"docs/modes.md has no place for the diagram of the {name}"
    return page


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text()))
