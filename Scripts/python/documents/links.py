"""Which pages there are, and whether their links lead somewhere."""


from documents import pages

#: README is read in one go.
README_WORDS = 900


def documents(root):
    return [root / "README.md", root / "Scripts/python/sixdof/README.md", *sorted((root / "Documentation").glob("*.md"))]


def faults(root):
    found = []
    words = len((root / "README.md").read_text(encoding="utf-8").split())
    if words > README_WORDS:
        found.append(f"README.md: expected at most {README_WORDS} words, found {words}")
    checked = [*documents(root), root / "CONTRIBUTING.md", root / "ARCHITECTURE.md", root / "CHANGELOG.md"]
    read = {path: pages.read(path) for path in checked}
    linked = set()
    for path, page in read.items():
        for number, line in page.prose:
            for _, _, target in pages.LINK.findall(line):
                if "://" in target:
                    continue
                fault = missing(path, target, read, linked)
                if fault:
                    found.append(f"{path.relative_to(root)}:{number}: {fault}")
    for path in sorted((root / "Documentation").glob("*.md")):
        if path not in linked:
            found.append(f"{path.relative_to(root)}: no other page leads here")
    for picture in sorted((root / "Documentation/pictures").glob("*")):
        if picture not in linked:
            found.append(f"{picture.relative_to(root)}: no page shows it")
    return found


def missing(path, target, read, linked):
    name, _, anchor = target.partition("#")
    file = (path.parent / name).resolve() if name else path
    if not file.exists():
        return f"'{target}' leads nowhere"
    if file != path:
        linked.add(file)
    if anchor and file in read and anchor not in map(pages.slug, read[file].headings):
        return f"'{target}': no heading of that name"
    return None
