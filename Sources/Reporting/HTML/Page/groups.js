// Under each check: its first findings, as pictures where there are any and as lines where not.

const picturesAtFirst = 8;
const linesAtFirst = 5;

const findingsOf = new Map(checks.map((check) => [check.id, []]));
for (const finding of findings) findingsOf.get(finding.check.id).push(finding);

function example(finding) {
  const face = finding.face;
  if (!face || !(face.portrait || face.isDrawn)) return null;
  const measure = measured(finding.measure);
  const name = finding.record.id.split("/").at(-1);
  return card(face, findingLink(finding), [
    ...(measure ? [make("b", {}, measure)] : []), nameShown(`${name} · ${finding.index + 1}`),
  ]);
}

function line(finding) {
  return make("li", {}, make("a", { href: findingLink(finding) }, nameOf(finding)),
    make("span", { className: "line-detail" }, finding.detail));
}

for (const group of document.querySelectorAll("details.check")) {
  const all = findingsOf.get(group.dataset.check) ?? [];
  const examples = group.querySelector(".examples");
  const pictured = all.slice(0, 24).filter((finding) => {
    const face = finding.face;
    return face && (face.portrait || face.isDrawn);
  });
  if (pictured.length) {
    const grid = make("div", { className: "faces" }, ...pictured.slice(0, picturesAtFirst).map(example));
    examples.append(grid);
    const rest = pictured.slice(picturesAtFirst);
    if (rest.length) {
      const more = make("button", { type: "button" }, `Show ${counted(rest.length, "more picture")}`);
      more.addEventListener("click", () => {
        grid.append(...rest.map(example));
        grid.children[picturesAtFirst].focus();
        more.remove();
      });
      examples.append(more);
    }
  } else {
    examples.append(make("ul", { className: "lines" }, ...all.slice(0, linesAtFirst).map(line)));
  }
  const toTable = make("button", { type: "button", className: "to-table" }, `List all ${grouped(all.length)} in the table`);
  toTable.addEventListener("click", () => showInTable(group.dataset.check));
  if (all.length > 1) examples.append(toTable);
}
