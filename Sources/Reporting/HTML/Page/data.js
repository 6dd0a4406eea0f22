// The page's data, named; and elements made of text, never of markup, so that nothing read from a record is
// ever taken for code.

const raw = JSON.parse(document.getElementById("data").textContent);

const severities = ["note", "warning", "error"];

const checks = raw.checks.map(([id, severity, title, explanation, threshold, count]) => ({
  id, severity, title: title.charAt(0).toUpperCase() + title.slice(1), explanation, threshold, count,
}));

const records = raw.records.map(([id, path, width, height]) => ({ id, path, width, height }));

const faces = raw.faces.map(([record, index, box, angles, translation, residual, portrait, drawing], number) => ({
  number, record: records[record], place: `${record}/${index}`, index, box, angles, translation, residual, portrait,
  landmarks: drawing ? drawing[0] : [], axes: drawing ? drawing[1] : [], isDrawn: drawing !== null,
}));

// By record and index, and by record id and index for links; of records with one id the first has the link.
const faceIndices = new Map();
const faceNames = new Map();
for (const face of faces) {
  faceIndices.set(face.place, face);
  const name = `${face.record.id}/${face.index}`;
  if (!faceNames.has(name)) faceNames.set(name, face);
}

const findings = raw.findings.map(([check, record, index, file, line, measure, detail], number) => ({
  number, check: checks[check], record: record < 0 ? null : records[record],
  index: index < 0 ? null : index, face: faceIndices.get(`${record}/${index}`), file, line, measure, detail,
}));

const placeOf = (finding) => (finding.line ? `${finding.file}:${finding.line}` : finding.file);

// Faces are counted from 1 for people; links and records count from 0.
const nameOf = (finding) => {
  if (!finding.record) return "the dataset";
  const name = finding.record.id;
  return finding.index === null ? name : `${name}, face ${finding.index + 1}`;
};

// Slashes are allowed in a fragment, and easier to read than their codes.
const faceLink = (face) =>
  `#face-${encodeURIComponent(`${face.record.id}/${face.index}`).replaceAll("%2F", "/")}`;
const findingLink = (finding) => `#finding-${finding.number + 1}`;

function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const grouped = (count) => count.toLocaleString("en");
const counted = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
const percent = (share) => `${(100 * share).toFixed(1)} %`;

// Four digits at most: what a column of numbers can be read by.
const measured = (value) =>
  value === null ? "" : Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 4 });
