"""The set-up page in a real browser on a simulated phone: from the first look to linked, with scripts and without."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.e2e.conftest import Scale
from tools import browser as browsers
from tools.simulator.phone import Phone
from tools.simulator.socks import Proxy
from tools.simulator.world import HOME_KEY

pytestmark = pytest.mark.xdist_group("browser")
URL = "http://192.168.4.1/"
_IMAGES = Path(__file__).parents[2] / "docs" / "img"
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
_LOOKS = ((320, "light"), (320, "dark"), (1024, "light"), (1024, "dark"))
MakeScale = Callable[..., Scale]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = browsers.found()
    if path is None and not os.environ.get("CI"):
        pytest.skip(browsers.ADVICE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def surf(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page whose network is a phone's."""
    opened: list[tuple[Proxy, Page]] = []

    def open_page(phone: Phone, scripts: bool = True) -> Page:
        proxy = Proxy(phone).__enter__()
        context = chromium.new_context(
            proxy={"server": proxy.url}, java_script_enabled=scripts, viewport={"width": 320, "height": 640}
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        opened.append((proxy, page))
        return page

    yield open_page
    for proxy, page in opened:
        page.context.close()
        proxy.__exit__(None, None, None)


def look(page: Page, stage: str) -> None:
    """No fault for axe-core and no sideways scrolling at either width, light and dark; pictures on demand."""
    for width, scheme in _LOOKS:
        page.set_viewport_size({"width": width, "height": 640})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (stage, width)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{stage} {width} {scheme}: {results.generate_report()}"
        if os.environ.get("SCREENSHOTS"):
            page.screenshot(path=_IMAGES / f"{stage}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 640})


def enter(page: Page, network: str, key: str) -> None:
    """As an owner does: tap the network, type the key, tap Connect."""
    page.get_by_role("radio", name=re.compile(f"^{network}")).check()
    page.get_by_label("Key (password)").fill(key)
    page.get_by_role("button", name="Connect").click()


def test_a_new_scale_is_set_up_from_the_page(scale: MakeScale, surf: Callable[..., Page]) -> None:
    one = scale(wifi=False)
    one.device.power_on()
    page = surf(one.phone())
    page.goto("http://connectivitycheck.gstatic.com/generate_204")
    assert page.url == URL
    expect(page.locator(".serial b")).to_have_text(one.serial)
    expect(page.get_by_role("radio", name="Home")).to_be_visible()
    look(page, "choose")
    enter(page, "Home", "wrong horse battery")
    expect(page.locator(".stages .now")).to_contain_text("Joined")
    look(page, "joining")
    expect(page.get_by_role("alert")).to_contain_text("Home refused the key")
    expect(page.get_by_role("radio", name="Home")).to_be_checked()
    expect(page.get_by_label("Key (password)")).to_have_value("")
    look(page, "wrong-key")
    enter(page, "Home", HOME_KEY)
    expect(page.locator(".stages .now")).to_contain_text("Claimed by your app", timeout=20_000)
    look(page, "waiting")
    assert one.claim() == "linked"
    expect(page.get_by_role("status").filter(has_text="Your scale is linked")).to_be_visible()
    look(page, "linked")
    one.wait_linked()


def test_the_same_with_scripts_off(scale: MakeScale, surf: Callable[..., Page]) -> None:
    one = scale(wifi=False)
    one.claim()
    one.device.power_on()
    page = surf(one.phone(), scripts=False)
    page.goto(URL)
    enter(page, "Home", "wrong horse battery")
    expect(page.get_by_role("alert")).to_contain_text("Home refused the key", timeout=20_000)
    expect(page.get_by_role("radio", name="Home")).to_be_checked()
    enter(page, "Home", HOME_KEY)
    expect(page.get_by_text("Your scale is linked")).to_be_visible(timeout=30_000)
    one.wait_linked()


def test_what_was_typed_stays_while_the_page_is_redrawn(scale: MakeScale, surf: Callable[..., Page]) -> None:
    one = scale(wifi=False)
    one.device.power_on()
    page = surf(one.phone())
    page.goto(URL)
    page.get_by_role("radio", name="Another or a hidden network").check()
    page.get_by_label("Its name").fill("Cellar")
    page.get_by_label("Key (password)").fill("typed by hand")
    page.get_by_label("Show the key").check()
    page.get_by_role("button", name="Search again").click()
    expect(page.get_by_role("button", name="Looking for networks")).to_be_disabled()
    expect(page.get_by_role("button", name="Search again")).to_be_enabled()
    expect(page.get_by_label("Its name")).to_have_value("Cellar")
    expect(page.get_by_label("Key (password)")).to_have_value("typed by hand")
    expect(page.get_by_label("Key (password)")).to_have_attribute("type", "text")


def test_a_phone_that_loses_the_network_is_told_how_to_go_on(scale: MakeScale, surf: Callable[..., Page]) -> None:
    one = scale(wifi=False)
    one.device.power_on()
    phone = one.phone()
    page = surf(phone)
    page.goto(URL)
    expect(page.get_by_role("radio", name="Home")).to_be_visible()
    phone.leave()
    expect(page.get_by_text("Your phone lost the scale's network")).to_be_visible()
    phone.join(f"Scale-{one.serial}".encode(), "KEY4SETUP9")
    expect(page.get_by_text("Your phone lost the scale's network")).to_be_hidden()


def test_the_whole_page_by_keyboard(scale: MakeScale, surf: Callable[..., Page]) -> None:
    one = scale(wifi=False)
    one.claim()
    one.device.power_on()
    page = surf(one.phone())
    page.goto(URL)
    expect(page.get_by_role("radio", name="Home")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type(HOME_KEY)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your scale is linked")).to_be_visible(timeout=30_000)


def test_the_first_redraw_leaves_the_keyboard_where_it_is(scale: MakeScale, surf: Callable[..., Page]) -> None:
    one = scale(wifi=False)
    one.device.power_on()
    page = surf(one.phone())
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held or "x-part" not in route.request.headers:
            route.continue_()
        else:
            held.append(route)

    page.route("**/*", hold)
    with page.expect_request(lambda request: "x-part" in request.headers):
        page.goto(URL)
    home, key = page.get_by_role("radio", name="Home"), page.get_by_label("Key (password)")
    before = home.element_handle()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    held[0].continue_()
    before.wait_for_element_state("hidden")  # it is no longer in the page
    expect(home).to_be_checked()
    expect(home).to_be_focused()
    page.keyboard.press("Tab")
    expect(key).to_be_focused()


def test_one_request_and_at_most_8_kb(
    scale: MakeScale, surf: Callable[..., Page], figure: Callable[[str], None]
) -> None:
    one = scale(wifi=False)
    one.device.power_on()
    page = surf(one.phone(), scripts=False)
    sizes = []
    page.on("requestfinished", lambda request: sizes.append(sum(request.sizes().values())))
    page.goto(URL, wait_until="networkidle")
    figure(f"requests for the page: {len(sizes)}, bytes on the wire both ways: {sum(sizes):,}")
    assert len(sizes) == 1
    assert sizes[0] <= 8192
