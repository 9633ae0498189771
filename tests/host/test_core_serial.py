"""Serials and network names by property, on CPython: any serial, any mistake, any bytes in the air.

Does not repeat the examples of `tests/unit`, which run on MicroPython.
"""

from hypothesis import given
from hypothesis import strategies as st

from firmware.core import serial, ssid

bodies = st.text(serial.ALPHABET, min_size=serial.MIN_CHARS - 1, max_size=serial.MAX_CHARS - 1)
serials = bodies.map(lambda body: body + serial.check_character(body))


@given(serials, st.data())
def test_a_changed_character_is_always_caught(good: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.sampled_from(serial.ALPHABET.replace(good[place], "")))
    assert not serial.is_serial(good[:place] + other + good[place + 1 :])


@given(serials, st.data())
def test_two_characters_that_changed_places_are_always_caught(good: str, data: st.DataObject) -> None:
    places = st.integers(0, len(good) - 1)
    first, second = data.draw(places), data.draw(places)
    swapped = list(good)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    assert serial.is_serial("".join(swapped)) == (good[first] == good[second])


@given(st.binary(min_size=serial.MIN_RANDOM_BYTES, max_size=32))
def test_whatever_is_made_reads_back(random_bytes: bytes) -> None:
    made = serial.make(random_bytes)
    assert serial.parse(f" {made[:4].lower()}-{made[4:]}\n") == made
    assert ssid.serial_from(ssid.ssid_for(made)) == made


@given(st.text())
def test_typed_text_is_a_serial_or_a_value_error(text: str) -> None:
    try:
        parsed = serial.parse(text)
    except ValueError:
        return
    assert serial.is_serial(parsed)


@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda tail: b"Scale-" + tail))
def test_bytes_in_the_air_never_raise(name: bytes) -> None:
    found = ssid.serial_from(name)
    assert found is None or ssid.ssid_for(found) == name
