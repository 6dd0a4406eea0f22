// One finding or face, in a dialog. The address says which (#finding-12, #face-record/0), so that it can be
// linked to, and the browser's back button closes it.

const dialog = document.getElementById("detail");
const heading = document.getElementById("detail-heading");
// Whether this page put the open dialog's address into the history.
let isOurs = false;
let opener = null;
let current = null;

function target(hash) {
  let name;
  try { name = decodeURIComponent(hash.slice(1)); } catch { return null; }
  if (name.startsWith("finding-")) {
    const finding = findings[Number(name.slice("finding-".length)) - 1];
    return finding ? { finding, face: finding.face } : null;
  }
  const face = name.startsWith("face-") ? faceNames.get(name.slice("face-".length)) : undefined;
  return face ? { face } : null;
}

function facts(pairs) {
  return make("dl", { className: "detail-facts" }, ...pairs.filter(([, value]) => value !== "" && value !== null)
    .map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

const list = (numbers, digits, unit) =>
  `${numbers.map((number) => (number === null ? "?" : number.toFixed(digits))).join(", ")} ${unit}`;

function faceFacts(face) {
  const [left, top, right, bottom] = face.box;
  const [yaw, pitch, roll] = face.angles ?? [];
  return facts([
    ["Record", face.record.id],
    ["Image", face.record.width ? `${face.record.path}, ${face.record.width} × ${face.record.height} px` : face.record.path],
    ["Face", String(face.index + 1)],
    ["Box", `${list([left, top], 1, "to")} ${list([right, bottom], 1, "px")}`],
    ["Yaw, pitch, roll", face.angles ? list([yaw, pitch, roll], 1, "°") : ""],
    ["Translation", face.translation ? list(face.translation, 3, "m") : ""],
    ["Residual", face.residual === null ? "" : `${percent(face.residual)} of the interocular distance`],
  ]);
}

function findingBlock(finding, isLinked) {
  const severity = severities[finding.check.severity];
  const title = isLinked
    ? make("a", { href: findingLink(finding) }, finding.check.title) : finding.check.title;
  return make("div", { className: `finding ${severity}` },
    make("p", { className: "finding-title" }, make("span", { className: `badge ${severity}` }, severity), " ", make("b", {}, title)),
    make("p", { className: "finding-detail" }, finding.detail),
    ...(isLinked ? [] : [
      make("p", {}, finding.check.explanation),
      facts([
        ["Check", finding.check.id], ["Threshold", finding.check.threshold ?? ""],
        ["Measure", measured(finding.measure)], ["Source", placeOf(finding)],
        ...(finding.face ? [] : [["Record", finding.record?.id ?? ""], ["Image", finding.record?.path ?? ""],
          ["Face", finding.index === null ? "" : String(finding.index + 1)]]),
      ]),
    ]));
}

function fill({ finding, face }) {
  heading.textContent = finding ? nameOf(finding) : `${face.record.id}, face ${face.index + 1}`;
  const others = findings.filter((other) => other !== finding && face && other.face === face);
  const words = make("div", { className: "words" });
  if (finding) words.append(findingBlock(finding, false));
  if (face) words.append(faceFacts(face));
  if (others.length) {
    words.append(make("h3", {}, finding ? "Also found on this face" : "Found on this face"),
      ...others.map((other) => findingBlock(other, true)));
  }
  const link = face && finding
    ? [make("p", {}, make("a", { href: faceLink(face) }, "All that is known of this face"))] : [];
  document.getElementById("detail-body").replaceChildren(
    ...(face ? [make("div", { className: "picture" }, picture(face), ...link)] : []), words);
  dialog.scrollTop = 0;
}

function neighbour(step) {
  const position = table.shown.indexOf(current?.finding);
  return position < 0 ? undefined : table.shown[position + step];
}

function follow() {
  const next = target(location.hash);
  if (!next) {
    current = null;
    if (dialog.open) dialog.close();
    return;
  }
  current = next;
  fill(next);
  document.getElementById("previous").hidden = document.getElementById("next").hidden = !next.finding;
  document.getElementById("previous").disabled = !neighbour(-1);
  document.getElementById("next").disabled = !neighbour(1);
  if (!dialog.open) {
    dialog.showModal();
    heading.focus();
  }
}

// Moves to another finding without a new entry in the history, so that back still closes the dialog.
function step(by) {
  const next = neighbour(by);
  if (!next) return;
  history.replaceState(history.state, "", findingLink(next));
  follow();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#']");
  if (!link || !target(link.getAttribute("href"))) return;
  event.preventDefault();
  if (dialog.open) {
    history.replaceState(history.state, "", link.getAttribute("href"));
  } else {
    opener = link;
    isOurs = true;
    history.pushState({ detail: true }, "", link.getAttribute("href"));
  }
  follow();
});

// Escape closes a dialog by itself; the address follows.
dialog.addEventListener("close", () => {
  if (target(location.hash)) {
    if (isOurs) history.back();
    else history.replaceState(null, "", location.pathname + location.search);
  }
  isOurs = false;
  current = null;
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = null;
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});
document.getElementById("close").addEventListener("click", () => dialog.close());
document.getElementById("previous").addEventListener("click", () => step(-1));
document.getElementById("next").addEventListener("click", () => step(1));
window.addEventListener("popstate", follow);
window.addEventListener("hashchange", follow);
follow();
