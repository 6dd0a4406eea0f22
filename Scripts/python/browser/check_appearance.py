"""The page at the widths of a phone, a laptop and a large screen, light and dark."""

from crosscheck.report import expect

WIDTHS = [390, 1280, 1920]
SCHEMES = ["light", "dark"]


def checks(browser, reports, screenshots):
    for width in WIDTHS:
        for scheme in SCHEMES:
            def check(width=width, scheme=scheme):
                return appearance(browser, reports.faulty, width, scheme, screenshots)

            yield f"page at {width} px, {scheme}", check
    yield "the switch of colours", lambda: switch(browser, reports.faulty)


def appearance(browser, report, width, scheme, screenshots):
    with browser.page(width, scheme=scheme) as page:
        window = page.open(report)
        page.expect_no_overflow()
        page.expect_accessible()
        keep(window, screenshots, f"page-{width}-{scheme}", full=True)
        window.locator("#rows a").first.click()
        expect(window.locator("dialog").is_visible(), "a dialog", "none")
        page.expect_no_overflow()
        page.expect_accessible(in_dialog=True)
        keep(window, screenshots, f"detail-{width}-{scheme}")
        page.expect_quiet()
    return "quiet, no overflow, no violation of axe-core's rules, with a dialog and without"


def keep(window, screenshots, name, full=False):
    if screenshots:
        window.screenshot(path=screenshots / f"{name}.png", full_page=full)


def switch(browser, report):
    ground = "getComputedStyle(document.body).backgroundColor"
    with browser.page(scheme="light") as page:
        window = page.open(report)
        light = window.evaluate(ground)
        window.get_by_role("radio", name="Dark").check(force=True)
        dark = window.evaluate(ground)
        window.reload()
        expect(light != dark == window.evaluate(ground), "a dark page that stays dark", dark)
        expect(window.get_by_role("radio", name="Dark").is_checked(), "the switch at dark", "not")
        page.expect_accessible()
        page.expect_quiet()
    return "changes the colours, and the choice is kept"
