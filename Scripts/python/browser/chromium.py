"""Debian's Chromium, driven by Playwright; nothing that a page says or asks for goes unseen."""

import shutil
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from crosscheck.report import expect
from playwright.sync_api import sync_playwright


class Page:
    """A report that is open, with all that it logged or asked for."""

    def __init__(self, context):
        self.page = context.new_page()
        self.said = []
        self.page.on("console", lambda message: self.said.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.said.append(f"dialog: {dialog.message}"),
                                               dialog.dismiss()))
        self.page.on("request", self._requested)

    def _requested(self, request):
        if not request.url.startswith(("file:", "data:")):
            self.said.append(f"request: {request.url}")

    def open(self, path, fragment=""):
        self.page.goto(path.resolve().as_uri() + fragment)
        return self.page

    def expect_quiet(self):
        expect(not self.said, "a page that logs nothing and asks no network", self.said[:3])

    def expect_no_overflow(self):
        widths = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        expect(widths[0] <= widths[1], f"nothing wider than the {widths[1]} px of the page",
               f"{widths[0]} px")

    def expect_accessible(self, in_dialog=False, excluding=()):
        """By axe-core's rules: names, labels, roles, contrast, structure.

        With a dialog open only its links count, and axe-core takes the first of them, where it lies below
        the fold, for one that skips navigation; the page's own such link is looked at without a dialog.
        """
        options = {"rules": {"skip-link": {"enabled": False}}} if in_dialog else None
        found = Axe().run(self.page, options=options).response["violations"]
        found = [one for one in found if one["id"] not in excluding]
        named = [f"{one['id']} at {one['nodes'][0]['target']} ({len(one['nodes'])} places)"
                 for one in found]
        expect(not found, "no violation of axe-core's rules", "; ".join(named))


class Chromium:
    def __init__(self, browser):
        self.browser = browser

    @contextmanager
    def page(self, width=1280, height=900, scheme="light"):
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme)
        context.set_default_timeout(10_000)
        try:
            yield Page(context)
        finally:
            context.close()


@contextmanager
def chromium():
    path = shutil.which("chromium")
    expect(path, "Chromium, as Scripts/setup --with-browser installs it", "none")
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses root, which is who runs this in containers.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield Chromium(browser)
        finally:
            browser.close()
