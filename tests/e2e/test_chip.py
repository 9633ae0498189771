"""The simulated chip boots, resets, keeps and forgets as a real one does."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from tests.e2e.conftest import PROMPT
from tests.e2e.visit import wait_until
from tools.layout import VFS
from tools.simulator import flash
from tools.simulator.device import Device

MakeBoard = Callable[..., Device]


def test_boots_as_the_chip_does(board: MakeBoard) -> None:
    device = board(
        "import os, sys, time\n"
        "print('path', sys.path)\nprint('files', os.listdir('/'))\nprint('date', time.gmtime()[:3], time.time())\n",
        files={"/boot.py": "x = 'seen'\nprint('boot')"},
    )
    device.console.wait_for(PROMPT)
    text = device.console.text
    assert text.index("rst:0x1 (POWERON_RESET)") < text.index("boot\r\n") < text.index("path")
    assert "path ['', '.frozen', '/lib']" in text
    assert "files ['boot.py', 'main.py']" in text
    assert "date (2000, 1, 1) 0" in text
    device.type("x\r")
    device.console.wait_for("'seen'")


def test_an_exception_in_boot_py_keeps_main_py_from_running(board: MakeBoard) -> None:
    device = board("print('main ran')", files={"/boot.py": "raise ValueError('boot broke')"})
    device.console.wait_for(PROMPT)
    assert "ValueError: boot broke" in device.console.text
    assert "main ran" not in device.console.text


def test_the_frozen_urequests_is_there_until_lib_comes_first(board: MakeBoard) -> None:
    device = board(
        "import sys\nimport urequests\nprint('first', hasattr(urequests, 'usocket'), urequests.__file__)\n"
        "del sys.modules['urequests']\nsys.path.insert(0, '/lib')\nimport urequests\nprint('then', urequests.__file__)",
        files={"/lib/urequests.py": "import usocket"},
    )
    device.console.wait_for(PROMPT)
    assert "first False urequests.py" in device.console.text
    assert "then /lib/urequests.py" in device.console.text


def test_a_pin_that_the_chip_lacks_or_that_only_listens_is_refused(board: MakeBoard) -> None:
    device = board(
        "from machine import Pin\nPin(34, Pin.IN)\n"
        "for pin in (24, 31, 40, 34):\n"
        "    try: Pin(pin, Pin.OUT)\n    except ValueError as error: print(pin, error)\n"
    )
    device.console.wait_for(PROMPT)
    for pin in (24, 31, 40):
        assert f"{pin} invalid pin" in device.console.text
    assert "34 pin can only be input" in device.console.text


def test_nothing_of_the_desk_is_in_reach(board: MakeBoard) -> None:
    device = board(
        "import os\nfor path in ('/etc/passwd', '/.rom', '..', '/tmp', '.rom'):\n"
        "    try: print('reached', os.stat(path))\n    except OSError: print('absent')\n"
        "for name in ('chip', 'wire', 'clock', 'libfaketime'):\n"
        "    try: __import__(name); print('reached', name)\n    except ImportError: print('absent')\n"
    )
    device.console.wait_for(PROMPT)
    assert device.console.text.count("absent\r\n") == 9
    assert "reached" not in device.console.text


def test_a_hard_reset_keeps_date_and_rtc_memory_and_power_off_does_not(board: MakeBoard) -> None:
    device = board(
        "import machine, time\nrtc = machine.RTC()\n"
        "print('cause', machine.reset_cause(), rtc.memory(), time.gmtime()[0])\n"
        "if not rtc.memory():\n    rtc.memory(b'kept')\n    rtc.datetime((2026, 5, 4, 0, 12, 0, 0, 0))\n    machine.reset()\n"
    )
    device.console.wait_for(r"cause 1 b'' 2000[\s\S]*SW_CPU_RESET[\s\S]*cause 2 b'kept' 2026")
    device.power_off()
    mark = len(device.console.text)
    device.power_on()
    device.console.wait_for(r"cause 1 b'' 2000", start=mark)


def test_a_soft_reset_leaves_the_radio_up_and_a_hard_one_does_not(board: MakeBoard) -> None:
    device = board(
        "import network\nap = network.WLAN(network.AP_IF)\nprint('up', ap.active())\n"
        "ap.active(True)\nap.config(ssid='Scale', security=0)\n"
    )
    device.console.wait_for("up False[\\s\\S]*" + PROMPT)
    device.type("\x04")
    device.console.wait_for("soft reboot[\\s\\S]*up True")
    mark = len(device.console.text)
    device.reset()
    device.console.wait_for("up False", start=mark)


def test_the_watchdog_bites_and_outlives_a_soft_reset(board: MakeBoard) -> None:
    device = board(
        "import machine\nprint('cause', machine.reset_cause())\n"
        "if machine.reset_cause() == 1:\n    machine.WDT(timeout=2000)\n    machine.soft_reset()\n"
    )
    device.console.wait_for(r"soft reboot[\s\S]*cause 5[\s\S]*watchdog[\s\S]*cause 3")


def test_a_fed_watchdog_is_quiet_in_skipped_time_too(board: MakeBoard) -> None:
    device = board(
        "import machine, time\ndog = machine.WDT(timeout=5000)\n"
        "for i in range(20):\n    time.sleep(4)\n    dog.feed()\nprint('fed')\ntime.sleep(6)\nprint('late')\n",
        skips_idle=True,
    )
    device.console.wait_for("watchdog")
    first_life = device.console.text.split("Task watchdog")[0]
    assert "fed" in first_life
    assert "late" not in first_life


def test_ticks_wrap_as_on_the_chip(board: MakeBoard) -> None:
    device = board(
        "import time\na = time.ticks_ms()\ntime.sleep(13 * 24 * 3600)\nb = time.ticks_ms()\n"
        "print('wrapped', b < 2**30, time.ticks_diff(b, a) == 13 * 86400000)\n",
        skips_idle=True,
    )
    device.console.wait_for("wrapped True False")


def test_flash_survives_the_interpreters_sudden_end(board: MakeBoard) -> None:
    device = board(
        "import os\nprint('have', 'kept.txt' in os.listdir())\n"
        "with open('/kept.txt', 'w') as f:\n    f.write('here')\nprint('written')\nwhile True: pass\n"
    )
    device.console.wait_for("have False[\\s\\S]*written")
    os.kill(device._interpreter.pid, signal.SIGKILL)
    device.console.wait_for("have True")
    device.power_off()
    assert flash.read(device.flash)["/kept.txt"] == b"here"


def test_power_cut_at_a_flash_operation_stops_the_board_there(board: MakeBoard) -> None:
    device = board("", on=False)
    device.wear.cut_power_at(3, keep=0.5)
    device.power_on()
    device.console.wait_for(PROMPT)
    device.type("f = open('/big.txt', 'w'); f.write('x' * 9000); f.close(); print('don' + 'e')\r")
    wait_until(lambda: not device.powered)
    assert "done" not in device.console.text
    assert device.wear.operations == 3
    mark = len(device.console.text)
    device.power_on()
    device.console.wait_for(PROMPT, start=mark)
    assert "/big.txt" not in flash.read(device.flash) or flash.read(device.flash)["/big.txt"] == b""


def test_a_blank_chip_is_formatted_and_a_broken_one_says_so(board: MakeBoard) -> None:
    blank = board("", on=False)
    with blank.flash.open("r+b") as image:
        image.seek(VFS.address)
        image.write(b"\xff" * VFS.size)
    blank.power_on()
    blank.console.wait_for(PROMPT)
    assert flash.read(blank.flash) == {}
    broken = board("", on=False)
    with broken.flash.open("r+b") as image:
        image.seek(VFS.address)
        image.write(b"garbage " * 2048)
    broken.power_on()
    broken.console.wait_for("appears to be corrupted")


def test_programming_only_clears_bits(board: MakeBoard) -> None:
    device = board(
        "import esp32\np = esp32.Partition.find(esp32.Partition.TYPE_DATA, label='nvs')[0]\n"
        "p.writeblocks(0, b'\\xf0' * 32, 0)\np.writeblocks(0, b'\\x3c' * 32, 0)\n"
        "b = bytearray(2)\np.readblocks(0, b, 0)\nprint('cleared', b)\n"
        "p.ioctl(6, 0)\np.readblocks(0, b, 0)\nprint('erased', b)\n"
    )
    device.console.wait_for(PROMPT)
    assert r"cleared bytearray(b'00')" in device.console.text
    assert r"erased bytearray(b'\xff\xff')" in device.console.text


def test_the_heap_has_a_limit_and_the_rom_stays_within_its_share(board: MakeBoard) -> None:
    device = board("import gc\ngc.collect()\nprint('free', gc.mem_free())\nx = bytearray(200 * 1024)\n")
    free = int(device.console.wait_for(r"free (\d+)").group(1))
    device.console.wait_for("MemoryError")
    assert 184 * 1024 < free < 200 * 1024
    roomy = board("x = bytearray(200 * 1024)\nprint('fits')\n", heap_bytes=400 * 1024)
    roomy.console.wait_for("fits")


def test_two_boards_share_the_air(board: MakeBoard) -> None:
    first = board("import network\nap = network.WLAN(1)\nap.active(True)\nap.config(ssid='Scale-one', security=0)\n")
    first.console.wait_for(PROMPT)
    second = board("import network\nsta = network.WLAN(0)\nsta.active(True)\nprint([n[0] for n in sta.scan()])\n")
    second.console.wait_for("b'Scale-one'")


def test_button_and_led(board: MakeBoard) -> None:
    device = board(
        "from machine import Pin\nimport time\nbutton = Pin(0, Pin.IN, Pin.PULL_UP)\nled = Pin(2, Pin.OUT)\n"
        "print('up', button.value())\nwhile button.value(): time.sleep_ms(5)\nled.on()\nprint('pressed')\n"
    )
    device.console.wait_for("up 1")
    assert not device.led
    device.press()
    device.console.wait_for("pressed")
    assert device.led


def test_sockets_need_the_network(board: MakeBoard) -> None:
    device = board(
        "import socket\ntry: socket.getaddrinfo('pool.ntp.org', 123)\nexcept OSError as e: print('name', e.errno)\n"
        "try: socket.socket().connect(('203.0.113.1', 443))\nexcept OSError as e: print('route', e.errno)\n"
    )
    device.console.wait_for(PROMPT)
    assert "name -202" in device.console.text
    assert "route 118" in device.console.text


def test_ctrl_c_in_the_middle_of_a_flash_operation_counts_once_that_is_through(board: MakeBoard) -> None:
    writes = "while True:\n    with open('/x', 'w') as file:\n        file.write('y' * 20_000)\n    time.sleep_ms(1)\n"
    device = board("import time\nprint('go')\n" + writes)
    device.console.wait_for("go")
    device.type("\x03")
    device.console.wait_for("KeyboardInterrupt[\\s\\S]*" + PROMPT)
    device.type("print(6 * 7, len(open('/x').read()) % 20_000)\r")
    device.console.wait_for(r"42 0\r\n")
