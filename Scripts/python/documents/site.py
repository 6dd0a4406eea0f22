"""A DocC catalogue of Documentation's pages, for `docc convert`: links between pages become DocC's, all others their text.

    python3 -m documents.site ROOT CATALOGUE
"""

import re
import shutil
import sys
from pathlib import Path

from documents import pages

#: The pages in the order and under the headings of the first page.
TOPICS = [
    ("Begin", ["getting-started", "commands", "datasets", "trainers"]),
    ("Tutorials", ["tutorial-photos", "tutorial-annotations", "tutorial-wider-face", "tutorial-300w-lp", "tutorial-arkitface",
                   "tutorial-checking", "tutorial-evaluating", "tutorial-mean-face", "tutorial-pytorch"]),
    ("By example", ["the-record", "predictions", "conventions", "outputs", "cookbook", "cluster"]),
    ("Questions", ["faq", "troubleshooting"]),
    ("What it is worth", ["measurements", "reliability", "comparison", "citing", "networks-and-licences", "libraries"]),
]


#: DocC's comments are too pale to be read.
THEME = """{"theme": {"color": {"syntax-comments": {"light": "#505a66", "dark": "#a9b4c0"}}}}
"""


def anchor(heading):
    """DocC's anchor of a heading: its words with hyphens, as they are written."""
    plain = heading.replace("`", "")
    return re.sub(r"-+", "-", re.sub(r"[\s—–]", "-", re.sub(r"[\"'’“”]", "", plain))).strip("-")


class Catalogue:
    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        self.sources = {path.stem: pages.read(path) for path in sorted((root / "Documentation").glob("*.md"))}
        self.pictures = set()
        listed = [name for _, names in TOPICS for name in names]
        if sorted(listed) != sorted(self.sources):
            raise SystemExit(f"documents.site: TOPICS and Documentation differ by {set(listed) ^ set(self.sources)}")

    def link(self, match):
        picture, text, target = match.groups()
        name, _, part = target.partition("#")
        if picture:
            path = (self.root / "Documentation" / name).resolve()
            self.pictures.add(path)
            return f"![{text}]({path.name})"
        if "://" in target:
            return match[0]
        if not name:
            return text
        path = (self.root / "Documentation" / name).resolve()
        page = self.sources.get(path.stem) if path.parent == self.root / "Documentation" else None
        if page is None:
            return text
        if not part:
            return f"[{text}](<doc:{path.stem}>)"
        heading = next(heading for heading in page.headings if pages.slug(heading) == part)
        return f"[{text}](<doc:{path.stem}#{anchor(heading)}>)"

    def write(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "pictures").mkdir(parents=True)
        for name, page in self.sources.items():
            lines = page.text.splitlines()
            for number, line in page.prose:
                lines[number - 1] = pages.LINK.sub(self.link, line)
            (self.folder / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for path in self.pictures:
            shutil.copy2(path, self.folder / "pictures" / path.name)
        (self.folder / "theme-settings.json").write_text(THEME, encoding="utf-8")
        (self.folder / "SixDoF.md").write_text(self.first(), encoding="utf-8")

    def first(self):
        """What README begins with, and the list of all pages."""
        readme = pages.read(self.root / "README.md").text
        said = readme.split("\n\n")[1]
        topics = "\n\n".join(f"### {title}\n\n" + "\n".join(f"- <doc:{name}>" for name in names) for title, names in TOPICS)
        return f"# SixDoF\n\n@Metadata {{\n  @TechnologyRoot\n}}\n\n{said}\n\n## Topics\n\n{topics}\n"


if __name__ == "__main__":
    Catalogue(Path(sys.argv[1]).resolve(), Path(sys.argv[2])).write()
