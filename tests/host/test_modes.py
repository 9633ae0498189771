"""docs/modes.md says what the code does: its diagrams, the light of each state, and the sentence on the page."""

from __future__ import annotations

from firmware.core import light, progress, states
from tools import modes


def test_the_diagrams_are_those_of_the_code() -> None:
    page = modes.PAGE.read_text()
    assert modes.drawn(page) == page, "docs/modes.md is out of date; run python -m tools.modes"


def test_every_state_of_the_link_is_reached_and_has_its_row() -> None:
    named = {value for name, value in vars(states).items() if name.isupper()}
    assert {after for _, _, after in modes.link_edges()} == named
    page = modes.PAGE.read_text()
    assert all(f"| {state} |" in page for state in named)


def test_the_light_of_each_state_is_the_one_the_page_names() -> None:
    words = {
        light.JOINING: "quick",
        light.WAITING: "two blinks, pause",
        light.TROUBLE: "a flash every 2 s",
        light.LINKED: "steady",
    }
    rows = [line.strip("|").split("|") for line in modes.PAGE.read_text().splitlines() if line.count("|") == 5]
    shown = {row[0].strip(): row[3].strip() for row in rows}
    for state in {value for name, value in vars(states).items() if name.isupper()}:
        link = type("Link", (), {"state": state, "was_answered": True})()
        found = progress.of(True, True, None, True, False, link)
        assert words[light.pattern(found, True)] == shown[state], state
