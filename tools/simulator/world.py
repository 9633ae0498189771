"""A whole desk: the air, the internet behind it, a clock service, and as many boards as wanted.

It puts the parts together for the command line and for tests; each part can be changed while it runs.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.simulator import flash
from tools.simulator.device import Device
from tools.simulator.ether import Ether, Network
from tools.simulator.internet import UDP, ClockService
from tools.simulator.phone import Phone

NTP_HOSTS = ("pool.ntp.org", "time.cloudflare.com", "time.google.com")
HOME_SSID = "Home"
HOME_KEY = "correct horse"
_NEIGHBOURS = (
    Network(b"Scale-Model-Club", b"trains and planes", channel=1, rssi_dbm=-71),
    Network(b"cafe guests", None, channel=11, rssi_dbm=-80),
    Network("Müllers WLAN".encode(), b"geheim geheim", channel=11, rssi_dbm=-64),
)


class World:
    """Boards made here keep their flash images in `folder`; leaving the context switches everything off."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.ether = Ether()
        self.home = self.ether.add(Network(HOME_SSID.encode(), HOME_KEY.encode()))
        for neighbour in _NEIGHBOURS:
            self.ether.add(Network(**vars(neighbour)))
        self.clock_service = ClockService()
        for host in NTP_HOSTS:
            self.ether.internet.add_host(host, 123, self.clock_service.way, UDP)
        self.devices: list[Device] = []
        self.phones: list[Phone] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for phone in self.phones:
            phone.leave()
        for device in self.devices:
            device.close()
        self.clock_service.close()

    def new_phone(self, **options: Any) -> Phone:
        """A phone in range."""
        self.phones.append(Phone(self.ether, **options))
        return self.phones[-1]

    def new_device(
        self, files: dict[str, bytes], *, keep_flash: bool = False, bare: bool = False, **options: Any
    ) -> Device:
        """A board, still off, with MicroPython and `files` in its flash.

        `keep_flash` takes an image that is already there; a `bare` one has nothing in its flash.
        """
        number = len(self.devices) + 1
        image = self.folder / f"board-{number}.img"
        if bare:
            flash.create_blank(image)
        elif not (keep_flash and image.exists()):
            flash.create(image, files)
        device = Device(self.ether, image, number=number, **options)
        self.devices.append(device)
        return device


def provisioned(
    serial: str, thing_token: str, *, wifi: bool = True, setup_key: str | None = None, **settings: Any
) -> dict[str, bytes]:
    """The files that make a board somebody's: identity, home Wi-Fi, and `settings` where they differ from the defaults."""
    identity = {"serial": serial, "thing_token": thing_token}
    if setup_key is not None:
        identity["setup_key"] = setup_key
    files = {"/identity.json": json.dumps(identity).encode()}
    if wifi:
        files["/wifi.json"] = json.dumps({"ssid": HOME_SSID, "key": HOME_KEY}).encode()
    if settings:
        files["/settings.json"] = json.dumps(settings).encode()
    return files
