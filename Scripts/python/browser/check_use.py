"""What a reader does with the page: search, sort, turn pages, follow links, with mouse and keys."""

import json
import time

from crosscheck.report import expect, expect_same

ROWS_PER_PAGE = 50
LARGE = 10_000
# Generous: a phone is some ten times slower than a workstation, and CI shares its cores.
OPENING_SECONDS = 6
ANSWER_SECONDS = 1.5


def checks(browser, reports, screenshots):
    yield "search and filters", lambda: filters(browser, reports.faulty)
    yield "sorting", lambda: sorting(browser, reports.faulty)
    yield "links and the back button", lambda: links(browser, reports.faulty)
    yield "keyboard", lambda: keyboard(browser, reports.faulty)
    yield "texts of records", lambda: texts(browser, reports.faulty)
    yield "pictures", lambda: pictures(browser, reports)
    yield f"{LARGE} findings", lambda: large(browser, reports.large)


def data(window):
    return json.loads(window.locator("#data").text_content())


def cells(window, column):
    return window.locator(f"#rows tr td:nth-child({column})").all_inner_texts()


def filters(browser, report):
    with browser.page() as page:
        window = page.open(report)
        content = data(window)
        ids = [content["checks"][finding[0]][0] for finding in content["findings"]]
        errors = [finding for finding in content["findings"] if content["checks"][finding[0]][1] == 2]
        window.locator("#severity").select_option("errors")
        expect_same("rows of errors", min(len(errors), ROWS_PER_PAGE), window.locator("#rows tr").count())
        expect_same("severities", ["error"], sorted(set(cells(window, 1))))
        window.get_by_role("button", name="Clear").click()
        window.locator("#check").select_option(ids[0])
        expect_same("checks", [ids[0]], sorted(set(cells(window, 2))))
        window.get_by_role("button", name="Clear").click()
        window.locator("#search").fill("no such text anywhere")
        expect_same("status", "No findings", window.locator("#status").inner_text())
        detail = content["findings"][0][6]
        window.locator("#search").fill(detail.upper())
        expect(detail in cells(window, 4), f"'{detail}', searched in capitals", cells(window, 4)[:2])
        window.get_by_role("button", name="Clear").click()
        expect(str(len(ids)) in window.locator("#status").inner_text().replace(",", ""),
               f"all {len(ids)} findings again", window.locator("#status").inner_text())
        window.locator(".to-table").first.click()
        shown = window.locator("#check").input_value()
        expect_same("checks after 'List all'", [shown], sorted(set(cells(window, 2))))
        page.expect_quiet()
    return f"{len(ids)} findings by text, severity and check"


def sorting(browser, report):
    rank = {"note": 0, "warning": 1, "error": 2}
    with browser.page() as page:
        window = page.open(report)
        heading = window.locator("th", has_text="Severity")
        heading.get_by_role("button").click()
        found = [rank[text] for text in cells(window, 1)]
        expect_same("severities, the gravest first", sorted(found, reverse=True), found)
        expect_same("aria-sort", "descending", heading.get_attribute("aria-sort"))
        heading.get_by_role("button").click()
        found = [rank[text] for text in cells(window, 1)]
        expect_same("severities, the slightest first", sorted(found), found)
        window.locator("th", has_text="Check").get_by_role("button").click()
        expect_same("aria-sort of another column", None, heading.get_attribute("aria-sort"))
        page.expect_quiet()
    return "both ways, and said to assistive technology"


def links(browser, report):
    with browser.page() as page:
        window = page.open(report)
        dialog = window.locator("dialog")
        link = window.locator("#rows a").first
        href = link.get_attribute("href")
        link.click()
        expect(dialog.is_visible() and window.url.endswith(href), f"a dialog at {href}", window.url)
        window.go_back()
        dialog.wait_for(state="hidden")
        window.go_forward()
        dialog.wait_for(state="visible")
        window.keyboard.press("Escape")
        dialog.wait_for(state="hidden")
        window.wait_for_function("!location.hash")
        page.expect_quiet()
    with browser.page() as page:
        window = page.open(report)
        face = window.locator("#gallery a").first.get_attribute("href")
        expect(face.startswith("#face-"), "a link to a face", face)
    for fragment in [href, face]:
        with browser.page() as page:
            window = page.open(report, fragment)
            expect(window.locator("dialog").is_visible(), f"a dialog when opened at {fragment}", "none")
            window.get_by_role("button", name="Close").click()
            expect(not window.locator("dialog").is_visible(), "a closed dialog", "an open one")
            expect("#" not in window.url, "an address without fragment", window.url)
            page.expect_quiet()
    with browser.page() as page:
        window = page.open(report, "#finding-999999")
        expect(not window.locator("dialog").is_visible(), "no dialog for a finding that is none", "one")
        page.expect_quiet()
    return f"{href} and {face} open directly, with back and forward"


def keyboard(browser, report):
    with browser.page() as page:
        window = page.open(report)
        window.locator("#search").focus()
        reached = []
        for _ in range(14):
            window.keyboard.press("Tab")
            reached.append(window.evaluate("document.activeElement.dataset.sort ?? document.activeElement.id"))
            if window.evaluate("document.activeElement.matches('#rows a')"):
                break
        expect(set(reached) >= {"severity", "check", "place", "detail", "measure"},
               "every heading by the tabulator", reached)
        outline = window.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth")
        expect(outline == "solid2px", "a focus that shows", outline)
        href = window.evaluate("document.activeElement.getAttribute('href')")
        window.keyboard.press("Enter")
        expect(window.locator("dialog").is_visible(), "a dialog after Enter", "none")
        expect(window.evaluate("document.getElementById('detail').contains(document.activeElement)"),
               "focus within the dialog", "elsewhere")
        window.keyboard.press("ArrowRight")
        expect(not window.url.endswith(href), "the next finding after the right arrow", window.url)
        window.keyboard.press("ArrowLeft")
        expect(window.url.endswith(href), f"{href} again after the left arrow", window.url)
        window.keyboard.press("Escape")
        window.wait_for_function("!location.hash")
        focus = window.evaluate("document.activeElement.getAttribute('href')")
        expect_same("focus after Escape", href, focus)
        heading = window.locator("th", has_text="Place").get_by_role("button")
        heading.focus()
        window.keyboard.press("Enter")
        expect_same("aria-sort after Enter", "ascending",
                    window.locator("th", has_text="Place").get_attribute("aria-sort"))
        page.expect_quiet()
    return "reaches headings and rows, opens, steps, and comes back by Escape"


def texts(browser, report):
    with browser.page() as page:
        window = page.open(report)
        window.locator("#search").fill("window.pwned")
        row = window.locator("#rows a").first
        expect("<script>" in row.inner_text(), "a path with '<script>' as text", row.inner_text())
        row.click()
        expect("<script>" in window.locator("#detail-heading").inner_text(), "it in the dialog", "not")
        expect(window.evaluate("window.pwned") is None, "no code out of a path", "some that ran")
        page.expect_quiet()
    return "a path with '<script>' is text"


def pictures(browser, reports):
    with browser.page() as page:
        window = page.open(reports.faulty)
        broken = window.evaluate("[...document.images].filter((image) => !image.naturalWidth).length")
        count = window.evaluate("document.images.length")
        expect(count > 10 and broken == 0, "pictures that show", f"{count}, {broken} broken")
    with browser.page() as page:
        window = page.open(reports.large)
        drawn = window.locator("svg.schema .landmark").count()
        expect(drawn > 0 and window.locator("img").count() == 0, "drawings without images", drawn)
    return f"{count} pictures with images, drawings without"


def type_in(window, field, text):
    """Seconds until the rows for a text are there."""
    return window.evaluate("""([id, text]) => {
        const field = document.getElementById(id);
        const start = performance.now();
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        document.body.offsetHeight;
        return (performance.now() - start) / 1000;
    }""", [field, text])


def press(window, column):
    """Seconds until the rows in the order of a column are there."""
    return window.evaluate("""(column) => {
        const start = performance.now();
        document.querySelector(`[data-sort=${column}]`).click();
        document.body.offsetHeight;
        return (performance.now() - start) / 1000;
    }""", column)


def large(browser, report):
    with browser.page() as page:
        start = time.monotonic()
        window = page.open(report)
        window.locator("#rows tr").first.wait_for()
        opening = time.monotonic() - start
        count = len(data(window)["findings"])
        expect_same("findings listed", LARGE, count)
        expect_same("rows", ROWS_PER_PAGE, window.locator("#rows tr").count())
        slowest = max(
            type_in(window, "search", "_99"), type_in(window, "search", "expected found"),
            type_in(window, "search", ""), press(window, "place"), press(window, "measure"),
            press(window, "detail"))
        last = -(-count // ROWS_PER_PAGE)
        window.get_by_role("button", name="Next").click()
        expect(f"Page 2 of {last}" == window.locator("#page").inner_text(), f"page 2 of {last}",
               window.locator("#page").inner_text())
        expect(opening < OPENING_SECONDS, f"a page within {OPENING_SECONDS} s", f"{opening:.2f} s")
        expect(slowest < ANSWER_SECONDS, f"answers within {ANSWER_SECONDS} s", f"{slowest:.2f} s")
        page.expect_no_overflow()
        page.expect_quiet()
    megabytes = report.stat().st_size / 1e6
    return f"{megabytes:.1f} MB, opened in {opening:.2f} s, filtered or sorted in {slowest:.3f} s at most"
