"""`python -m browser`: runs the checks and exits with 1 when one failed."""

import argparse
import sys
from functools import cached_property
from pathlib import Path

from crosscheck.report import Report
from crosscheck.tool import Tool

from . import check_appearance, check_documentation, check_use
from .chromium import chromium
from .faulty_sets import FaultySets


class Reports:
    """The pages that are looked at, each made when first asked for."""

    def __init__(self, program, work):
        self.tool, self.work = Tool(program), work

    @cached_property
    def sets(self):
        return FaultySets(self.tool, self.work)

    @cached_property
    def faulty(self):
        return self.sets.with_pictures()

    @cached_property
    def large(self):
        return self.sets.large(check_use.LARGE)


def main():
    options = parsed_options()
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    reports = Reports(options.program, options.work)
    report = Report()
    with chromium() as browser:
        for module in [check_appearance, check_use, check_documentation]:
            for name, check in module.checks(browser, reports, options.screenshots):
                if not options.names or any(word in name for word in options.names):
                    report.run(name, check)
    print(report.summary())
    sys.exit(1 if report.failed or not report.count else 0)


def parsed_options():
    parser = argparse.ArgumentParser(prog="browsertest")
    parser.add_argument("names", nargs="*", help="run only the checks whose name has one of these")
    parser.add_argument("--program", type=Path, required=True, help="the sixdof to check")
    parser.add_argument("--work", type=Path, required=True, help="an empty folder for outputs")
    parser.add_argument("--screenshots", type=Path, help="a folder to keep pictures of pages in")
    return parser.parse_args()


if __name__ == "__main__":
    main()
