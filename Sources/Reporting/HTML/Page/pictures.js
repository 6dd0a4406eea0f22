// Pictures of faces: the one cut from the image where there is one, else a drawing of what is annotated.

// The lines of iBUG's 68 points: first and last point, and whether the last joins the first.
const contours68 = [
  [0, 16, false], [17, 21, false], [22, 26, false], [27, 30, false], [31, 35, false],
  [36, 41, true], [42, 47, true], [48, 59, true], [60, 67, true],
];

function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const describe = (face) =>
  `Face ${face.index + 1} of ${face.record.id}${face.residual === null ? "" : `, residual ${percent(face.residual)}`}`;

function picture(face) {
  if (face.portrait) {
    return make("img", { src: `data:image/jpeg;base64,${face.portrait}`, alt: describe(face) });
  }
  return face.isDrawn ? drawing(face) : make("span", { className: "blank" }, "no picture kept");
}

function pointsOf(face) {
  const points = [];
  for (let i = 0; i + 1 < face.landmarks.length; i += 2) {
    const [x, y] = [face.landmarks[i], face.landmarks[i + 1]];
    points.push(x === null || y === null ? null : [x, y]);
  }
  return points;
}

// A square around box and landmarks, in pixels of the image.
function frame(face, points) {
  const all = points.filter(Boolean);
  const [left, top, right, bottom] = face.box;
  if (face.box.every((edge) => edge !== null)) all.push([left, top], [right, bottom]);
  if (!all.length) return null;
  const xs = all.map((point) => point[0]);
  const ys = all.map((point) => point[1]);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - x, Math.max(...ys) - y];
  const side = Math.max(width, height, 1) * 1.3;
  return { x: x + width / 2 - side / 2, y: y + height / 2 - side / 2, side };
}

function drawing(face) {
  const points = pointsOf(face);
  const view = frame(face, points);
  if (!view) return make("span", { className: "blank" }, "nothing to draw");
  const svg = shape("svg", {
    viewBox: `${view.x} ${view.y} ${view.side} ${view.side}`, role: "img", class: "schema",
    "aria-label": `${describe(face)}, drawn from its annotation`,
  });
  const { width, height } = face.record;
  if (width && height) {
    svg.append(shape("rect", { x: -0.5, y: -0.5, width, height, class: "image" }));
  }
  const [left, top, right, bottom] = face.box;
  if (face.box.every((edge) => edge !== null)) {
    const [boxWidth, boxHeight] = [Math.abs(right - left), Math.abs(bottom - top)];
    if (boxWidth && boxHeight) {
      svg.append(shape("rect", {
        x: Math.min(left, right), y: Math.min(top, bottom), width: boxWidth, height: boxHeight, class: "box",
      }));
    } else { // of which a browser draws nothing: a cross shows where it is
      const arm = view.side / 12;
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      svg.append(shape("path", {
        d: `M${x - boxWidth / 2 - arm} ${y}h${boxWidth + 2 * arm}M${x} ${y - boxHeight / 2 - arm}v${boxHeight + 2 * arm}`,
        class: "box",
      }));
    }
  }
  if (points.length === 68) {
    for (const [first, last, isClosed] of contours68) {
      const line = points.slice(first, last + 1).filter(Boolean);
      if (isClosed && line.length) line.push(line[0]);
      svg.append(shape("polyline", { points: line.map((point) => point.join(" ")).join(","), class: "contour" }));
    }
  }
  for (const point of points.filter(Boolean)) {
    svg.append(shape("circle", { cx: point[0], cy: point[1], r: view.side / (points.length > 21 ? 130 : 75), class: "landmark" }));
  }
  const [x, y] = face.axes;
  ["x", "y", "z"].forEach((name, i) => {
    if (face.axes.length < 8) return;
    svg.append(shape("line", {
      x1: x, y1: y, x2: face.axes[2 * i + 2], y2: face.axes[2 * i + 3], class: `axis-${name}`,
    }));
  });
  return svg;
}

// The names of a set's images begin alike, so where there is not room for all of a name, its end is shown.
const nameShown = (name) => make("span", { title: name }, make("bdi", { dir: "ltr" }, name));

function card(face, href, caption) {
  return make("a", { className: "face", href }, picture(face), make("span", { className: "caption" }, ...caption));
}

const gallery = document.getElementById("gallery");
if (gallery) {
  for (const index of raw.worst) {
    const face = faces[index];
    gallery.append(card(face, faceLink(face), [
      make("b", {}, percent(face.residual)), nameShown(face.record.id.split("/").at(-1)),
    ]));
  }
}
