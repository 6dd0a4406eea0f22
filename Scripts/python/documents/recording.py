"""A recording of a terminal as one SVG: commands that are run now, and what they print, line after line.

    python3 -m documents.recording FILE    in a folder with the samples; SIXDOF names the program

Its lines are all there without animation, so that a reader who wants none, or a viewer that has none, sees the end.
"""

import os
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from documents import pages

#: What is typed, and how long it is looked at, in seconds.
SESSION = [
    ("ls photos | head -2", 1.0),
    ("sixdof annotate photos --output out/photos", 3.0),
    ("ls out", 2.0),
    ("sixdof check out/photos.jsonl --images photos --report report.html | tail -1", 2.5),
]

COLUMNS = 80
WIDTH_OF_LETTER, HEIGHT_OF_LINE, MARGIN, BAR = 8.43, 19, 16, 34
BACKGROUND, BAR_COLOUR, TEXT, COMMAND, PROMPT = "#16191f", "#262b34", "#c9d1d9", "#ffffff", "#7ee787"


def session(environment):
    """(text, is a command, seconds from the start) of each line."""
    lines, now = [], 0.4
    for command, pause in SESSION:
        lines.append((command, True, now))
        now += 0.7
        done = subprocess.run(["bash", "-c", command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True, check=True)
        for line in pages.without_progress(done.stdout.splitlines()):
            lines.append((line if len(line) <= COLUMNS else line[:COLUMNS - 1] + "…", False, now))
            now += 0.12
        now += pause
    return lines


def picture(lines):
    width = round(2 * MARGIN + COLUMNS * WIDTH_OF_LETTER)
    height = BAR + 2 * MARGIN + len(lines) * HEIGHT_OF_LINE
    said = "\n".join(("$ " if is_command else "") + line for line, is_command, _ in lines)
    rows = []
    for number, (line, is_command, begins) in enumerate(lines):
        y = BAR + MARGIN + 14 + number * HEIGHT_OF_LINE
        text = escape(line)
        if is_command:
            text = f'<tspan fill="{PROMPT}">$ </tspan><tspan fill="{COMMAND}" font-weight="600">{text}</tspan>'
        rows.append(f'<text class="line" style="animation-delay:{begins:.2f}s" x="{MARGIN}" y="{y}" xml:space="preserve">{text}</text>')
    dots = "".join(f'<circle cx="{MARGIN + 4 + 20 * place}" cy="{BAR / 2:g}" r="6" fill="{colour}"/>'
                   for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>sixdof makes training data of a folder of photos</title>
<desc>{escape(said)}</desc>
<style>
text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: {TEXT}; white-space: pre; }}
.line {{ animation: appear 0.05s backwards; }}
@keyframes appear {{ from {{ opacity: 0; }} to {{ opacity: 1; }} }}
@media (prefers-reduced-motion: reduce) {{ .line {{ animation: none; }} }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>
<path d="M0 8a8 8 0 0 1 8-8h{width - 16}a8 8 0 0 1 8 8v{BAR - 8}h-{width}z" fill="{BAR_COLOUR}"/>
{dots}
{chr(10).join(rows)}
</svg>
"""


def main():
    file = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as tools:
        Path(tools, "sixdof").symlink_to(Path(os.environ["SIXDOF"]).resolve())
        environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}", "COLUMNS": str(COLUMNS), "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        file.write_text(picture(session(environment)), encoding="utf-8")


if __name__ == "__main__":
    main()
