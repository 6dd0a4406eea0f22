// The table of findings. Rows are made for one page at a time, so that ten thousand findings cost no more to
// show than fifty.

const rowsPerPage = 50;
const rows = document.getElementById("rows");
const table = { shown: findings, page: 0, column: null, isAscending: true };

const control = (id) => document.getElementById(id);
const collator = new Intl.Collator("en", { numeric: true });

// What a search looks through, made when first asked for.
let haystacks = null;
const haystack = (finding) =>
  [finding.check.id, finding.check.title, placeOf(finding), finding.record?.id, finding.record?.path, nameOf(finding), finding.detail]
    .join("\n").toLowerCase();

const keys = {
  severity: (finding) => finding.check.severity,
  check: (finding) => finding.check.id,
  place: (finding) => `${nameOf(finding)} ${placeOf(finding)}`,
  detail: (finding) => finding.detail,
  measure: (finding) => finding.measure,
};

function sorted(list) {
  const key = keys[table.column];
  if (!key) return list;
  const direction = table.isAscending ? 1 : -1;
  const keyed = list.map((finding) => [key(finding), finding]);
  keyed.sort(([a, left], [b, right]) => {
    // What has no number comes last, whichever way.
    if (a === null || b === null) return (a === null) - (b === null) || left.number - right.number;
    const order = typeof a === "number" ? a - b : collator.compare(a, b);
    return direction * order || left.number - right.number;
  });
  return keyed.map(([, finding]) => finding);
}

function applyFilters() {
  const words = control("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const severity = control("severity").value;
  const check = control("check").value;
  if (words.length && !haystacks) haystacks = findings.map(haystack);
  const found = findings.filter((finding) =>
    (severity === "" || finding.check.severity === Number(severity))
    && (check === "" || finding.check.id === check)
    && words.every((word) => haystacks[finding.number].includes(word)));
  table.shown = sorted(found);
  showPage(0);
}

function row(finding) {
  const severity = severities[finding.check.severity];
  const link = make("a", { href: findingLink(finding) }, nameOf(finding));
  return make("tr", {},
    make("td", { className: "severity" }, make("span", { className: `badge ${severity}` }, severity)),
    make("td", { className: "check-id" }, make("code", {}, finding.check.id)),
    make("td", { className: "place" }, link, make("span", { className: "source" }, placeOf(finding))),
    make("td", { className: "what" }, finding.detail),
    make("td", { className: "numeric" }, measured(finding.measure)));
}

function showPage(page) {
  const pages = Math.max(1, Math.ceil(table.shown.length / rowsPerPage));
  table.page = Math.min(Math.max(page, 0), pages - 1);
  const first = table.page * rowsPerPage;
  const part = table.shown.slice(first, first + rowsPerPage);
  rows.replaceChildren(...(part.length ? part.map(row)
    : [make("tr", {}, make("td", { colSpan: 5, className: "none" }, "No finding is like this."))]));
  control("status").textContent = part.length
    ? `${grouped(first + 1)} to ${grouped(first + part.length)} of ${counted(table.shown.length, "finding")}`
    : "No findings";
  control("page").textContent = `Page ${grouped(table.page + 1)} of ${grouped(pages)}`;
  control("previous-page").disabled = table.page === 0;
  control("next-page").disabled = table.page === pages - 1;
}

function sortBy(column) {
  if (table.column !== column) {
    table.column = column;
    // The gravest and the greatest are what one looks for first.
    table.isAscending = !["severity", "measure"].includes(column);
  } else {
    table.isAscending = !table.isAscending;
  }
  for (const button of document.querySelectorAll("th button")) {
    const heading = button.parentElement;
    if (button.dataset.sort === column) {
      heading.setAttribute("aria-sort", table.isAscending ? "ascending" : "descending");
    } else {
      heading.removeAttribute("aria-sort");
    }
  }
  table.shown = sorted(table.shown);
  showPage(0);
}

function showInTable(check) {
  control("search").value = "";
  control("severity").value = "";
  control("check").value = check;
  applyFilters();
  control("table").scrollIntoView();
  control("table-heading").focus({ preventScroll: true });
}

if (rows) {
  const form = document.querySelector("form.filters");
  form.addEventListener("input", applyFilters);
  form.addEventListener("submit", (event) => event.preventDefault());
  control("clear").addEventListener("click", () => {
    form.reset();
    applyFilters();
  });
  for (const button of document.querySelectorAll("th button")) {
    button.addEventListener("click", () => sortBy(button.dataset.sort));
  }
  const turn = (step) => {
    showPage(table.page + step);
    control("table").scrollIntoView();
  };
  control("previous-page").addEventListener("click", () => turn(-1));
  control("next-page").addEventListener("click", () => turn(1));
  // A browser may bring back what was typed before the page was loaded anew.
  applyFilters();
}
