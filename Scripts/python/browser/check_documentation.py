"""The site of Documentation's pages, as Scripts/docs makes it: each page on a phone, some on a large screen in the dark."""

import subprocess
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from crosscheck.report import expect

from .check_appearance import keep

ROOT = Path(__file__).resolve().parents[3]
WIDE = ["sixdof", "sixdof/conventions", "sixdof/tutorial-checking"]
#: DocC's own: the three dots of the path over a page have no name for those who cannot see them, and wide tables are scrolled by
#: touch or mouse alone.
OF_DOCC = ["button-name", "scrollable-region-focusable"]


def checks(browser, reports, screenshots):
    yield "documentation at 390 px, light", lambda: every(browser, reports.work / "site-narrow", 390, "light", None, screenshots)
    yield "documentation at 1280 px, dark", lambda: every(browser, reports.work / "site-wide", 1280, "dark", WIDE, screenshots)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def every(browser, site, width, scheme, names, screenshots):
    made = subprocess.run([ROOT / "Scripts/docs", "--pages", site], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    expect(made.returncode == 0, "a site of Scripts/docs --pages", made.stdout[-300:])
    if names is None:
        names = ["sixdof", *(f"sixdof/{path.stem}" for path in sorted((ROOT / "Documentation").glob("*.md")))]
    with served(site) as address:
        for name in names:
            one(browser, address, name, width, scheme, screenshots)
    return f"{len(names)} pages: quiet, no overflow, pictures there, no violation of axe-core's rules but DocC's own two"


def one(browser, address, name, width, scheme, screenshots):
    with browser.page(width, scheme=scheme) as page:
        window = page.page
        missing = []
        window.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
        window.goto(f"{address}/documentation/{name}")
        window.wait_for_selector("h1")
        window.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
        window.wait_for_function("[...document.images].every(image => image.complete)")
        expect(not missing, f"{name}: all that it asks for", missing[:3])
        said = [line for line in page.said if address not in line]
        expect(not said, f"{name}: a page that logs nothing and asks no network", said[:3])
        broken = window.evaluate("[...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src)")
        expect(not broken, f"{name}: pictures that can be shown", broken[:3])
        page.expect_no_overflow()
        page.expect_accessible(excluding=OF_DOCC)
        keep(window, screenshots, f"documentation-{name.rpartition('/')[2]}-{width}", full=True)
