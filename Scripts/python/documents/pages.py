"""Markdown as our pages use it: fenced blocks, headings and links."""

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^( *)```(\w*)\s*$")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
PROGRESS = re.compile(r"\[[#.]+\] \d+ % .*|\d[\d,]* [a-z]+, \d[\d,]*/s.*")
NOT_RUN = re.compile(r"^# not run here: (.+)$")


@dataclass
class Block:
    """A fenced block; `first` is the 1-based line of its opening fence."""

    language: str
    first: int
    lines: list[str] = field(default_factory=list)

    @property
    def reason(self):
        """Why it is not run, as its first line says to the reader, or None."""
        found = NOT_RUN.match(self.lines[0]) if self.lines else None
        return found and found[1]


@dataclass
class Page:
    path: Path
    text: str
    blocks: list[Block]
    #: Lines outside of blocks, with their 1-based numbers.
    prose: list[tuple[int, str]]

    @property
    def headings(self):
        return [line.lstrip("#").strip() for _, line in self.prose if re.match(r"#{1,6} ", line)]


def read(path):
    text = path.read_text(encoding="utf-8")
    blocks, prose, block = [], [], None
    for number, line in enumerate(text.splitlines(), start=1):
        fence = FENCE.match(line)
        if fence and block is None:
            block = Block(fence[2], number)
        elif fence:
            blocks.append(block)
            block = None
        elif block is not None:
            block.lines.append(line)
        else:
            prose.append((number, line))
    if block is not None:
        raise SystemExit(f"{path}:{block.first}: a block without an end")
    return Page(path, text, blocks, prose)


def commands(lines):
    """The commands of a block with the output that is said to follow, as (line, command, output lines) with 0-based lines.

    A command follows `$ `, and goes on where a line ends with a backslash.
    """
    found, number = [], 0
    while number < len(lines):
        line = lines[number]
        if line.startswith("$ "):
            first, command = number, line[2:]
            while command.endswith("\\") and number + 1 < len(lines):
                number += 1
                command += "\n" + lines[number]
            found.append((first, command, []))
        elif found:
            found[-1][2].append(line)
        else:
            raise ValueError(f"expected a command after '$ ', found '{line}'")
        number += 1
    return found


def matches(expected, actual):
    """Whether output is as the page says: `…` stands for anything in a line, alone on its line for any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "…" else "[^\n]*?".join(map(re.escape, line.rstrip().split("…"))) + r"\n"
        for line in expected)
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in actual)) is not None


def slug(heading):
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def without_progress(lines):
    """What a run says when it is fast enough to say nothing in between."""
    return [line for line in lines if not PROGRESS.fullmatch(line.strip())]
