"""Time and accuracy of pose fits: ours, OpenCV's and img2pose's path on the same faces.
Benchmarks/pnp starts it."""
import argparse
import os
import pathlib

import cv2
import numpy as np

import cases as synthetic
import opencv
from ours import Program

OURS = "sixdof"
# Fits of all faces in a timed round: a few tenths of a second, as OpenCV's.
REPEATS = {5: 200, 68: 200}
STANDARD_FACES = {5: 1000, 68: 300}
MANY_FACES = 20000
# Over the cost of the global optimum; above, a fit has missed it.
COST_RATIO = 1.0001
CORRELATION_CENTIMETRES = (None, 2, 3, 5, 8)
PARAMETERS = ("turn x", "turn y", "turn z", "shift x", "shift y", "shift z")


def heading(text):
    print(f"\n### {text}\n")


def table(columns, rows):
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |", flush=True)


def standard_cases(shared, models, points):
    """Those of ../shared/data/pnp, or generated ones like them."""
    path = shared / "pnp" / f"faces_{points}_points_noise1.npz"
    if path.exists():
        return path.stem, dict(np.load(path))
    cases = synthetic.generate(models, points, STANDARD_FACES[points], seed=points)
    return f"generated_{points}_points", synthetic.with_optimum(cases, models[points])


# Time


def time_all(program, name, cases, model, rounds):
    """Microseconds a face of each round, by what was timed. In turn, for other work disturbs the machine:
    ours, then OpenCV's methods with what Python adds to each.

    Every figure but of "elapsed" is the mean processor time of a round, in both programs: a median of
    ours, which are a hundred times as short, would leave out disturbances that OpenCV's figures hold."""
    repeats = REPEATS[len(model)]
    times = {}

    def add(what, value):
        times.setdefault(what, []).append(value)

    for _ in range(rounds):
        for threads in sorted({1, os.cpu_count()}):
            result = program.fit(name, "--threads", threads, "--repeats", repeats)
            if threads == 1:
                add((OURS, "least-squares"), result["processor_microseconds_mean"])
            # Two threads gain only while no other process has the second core: the best batch tells
            # what the program can do, the median what this run had.
            add(("elapsed", threads), (result["microseconds_median"], result["microseconds_per_face"]))
        result = program.fit(name, "--solver", "epnp", "--repeats", max(1, repeats // 20))
        add((OURS, "epnp"), result["processor_microseconds_mean"])
        for method in opencv.METHODS:
            for call in (opencv.solve, opencv.nothing):
                add((method, call), opencv.microseconds(call, method, model, cases))
    return times


def spread(values):
    return f"{np.median(values):.2f}", f"{min(values):.2f}"


def report_time(program, name, cases, model, rounds):
    heading(f"Time in µs a face: {len(model)} points, {len(cases['points'])} faces of {name}")
    times = time_all(program, name, cases, model, rounds)
    rows = [(OURS, *spread(times[OURS, "least-squares"]), "", "", ""),
            (f"{OURS}, `--solver epnp`", *spread(times[OURS, "epnp"]), "", "", "")]
    for method in opencv.METHODS:
        whole, python = times[method, opencv.solve], times[method, opencv.nothing]
        net = [w - p for w, p in zip(whole, python)]
        ratios = [n / o for n, o in zip(net, times[OURS, "least-squares"])]
        rows.append((
            f"OpenCV {method}", *spread(whole), spread(python)[0], spread(net)[0],
            f"{np.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"))
    table(("processor time, 1 thread", "median", "best", "of which Python", "without Python",
           "over ours"), rows)
    print()
    table(("elapsed, " + OURS, "median", "best"), [
        (f"{threads} thread{'s' * (threads > 1)}", f"{np.median([median for median, _ in results]):.2f}",
         f"{min(best for _, best in results):.2f}")
        for (what, threads), results in times.items() if what == "elapsed"])
    print("\nHeap allocations a face:", ", ".join(
        f"{allocations(program, name, solver):g} with `--solver {solver}`"
        for solver in ("least-squares", "epnp")))


def allocations(program, name, solver):
    result = program.fit(name, "--solver", solver, "--repeats", 10, counting=True)
    if not result["allocations_of_solvers"]:
        raise SystemExit("the counting library does not see the program's allocations")
    return result["allocations_per_face"]


# Accuracy


def angles(first, second):
    """Degrees between rotations, without the arc cosine's loss near 0."""
    sine = np.clip(np.linalg.norm(first - second, axis=(1, 2)) / np.sqrt(8), 0, 1)
    return np.degrees(2 * np.arcsin(sine))


def squared_errors(model, cases, rotation, translation):
    """Sums over each face's points, in pixels; infinite behind the camera and where there is no pose."""
    camera = model @ np.swapaxes(rotation, 1, 2) + translation[:, None]
    focal = cases["image_size"].sum(1)[:, None, None]
    with np.errstate(all="ignore"):
        seen = camera[..., :2] / camera[..., 2:] * focal + (cases["image_size"] // 2)[:, None]
        cost = ((seen - cases["points"]) ** 2).sum(axis=(1, 2))
    return np.where((camera[..., 2] > 0).all(axis=1), cost, np.inf)


def all_poses(program, name, cases, model):
    """(method, rotations, translations) of each method in turn."""
    yield "img2pose's path", *opencv.img2pose_poses(model, cases)
    for method in opencv.METHODS:
        yield f"OpenCV {method}", *opencv.image_poses(method, model, cases)
    program.fit(name)
    yield OURS, *program.poses(name)[:2]
    if "optimum_rotation" in cases:
        yield "global optimum", cases["optimum_rotation"], cases["optimum_translation"]


def accuracy_rows(program, name, cases, model, violations):
    optimum = len(model) * cases["optimum_rms_px"] ** 2 if "optimum_rms_px" in cases else None
    choosy = []
    for method, rotation, translation in all_poses(program, name, cases, model):
        error = angles(rotation, cases["truth_rotation"])
        ratio = (None if optimum is None else
                 squared_errors(model, cases, rotation, translation) / optimum)
        found = np.isfinite(translation).all(axis=1)
        yield accuracy_row(method, error, ratio, found)
        if method == OURS:
            # Who refuses the hardest faces is to be compared on the others.
            for other, others in choosy:
                yield accuracy_row(f"{OURS}, where {other} has a pose", error, ratio, found & others)
            if ratio is not None:
                # A lower cost than the optimum's would tell that the optimum is none.
                wrong = np.flatnonzero(~((ratio <= COST_RATIO) & (ratio >= 1 / COST_RATIO)))
                violations += [
                    violation(name, i, ratio[i], rotation[i], cases, error[i]) for i in wrong]
        elif not found.all():
            choosy.append((method, found))


def accuracy_row(method, error, ratio, found):
    """Of the faces that have a pose."""
    row = [method, f"{np.median(error[found]):.2f}", f"{np.percentile(error[found], 95):.2f}",
           int((~found).sum())]
    if ratio is None:
        return row + ["", ""]
    return row + [excess(ratio[found].max()), int((~(ratio[found] <= COST_RATIO)).sum())]


def excess(ratio):
    """A cost ratio, in a form that shows how little it is above 1."""
    return f"1 + {ratio - 1:.0e}" if abs(ratio - 1) < 1e-3 else f"{ratio:.4g}"


def violation(name, i, ratio, rotation, cases, error):
    apart = angles(rotation[None], cases["optimum_rotation"][i:i + 1])[0]
    forward = cases["truth_rotation"][i][:, 2]
    yaw, pitch = np.degrees([np.arctan2(forward[0], forward[2]), np.arcsin(-forward[1])])
    eyes, rms = cases["interocular_px"][i], cases["optimum_rms_px"][i]
    return (name, i, f"{ratio:.7g}", f"{apart:.2f}", f"{error:.1f}", f"{rms:.3f}",
            f"{rms / eyes:.3f}", f"{eyes:.1f}", f"{yaw:.0f}, {pitch:.0f}")


def report_accuracy(program, name, cases, model, violations):
    heading(f"Accuracy: {len(model)} points, {len(cases['points'])} faces of {name}")
    table(
        ("method", "rotation error, median °", "p95 °", "left out", "largest cost over optimum",
         f"faces above {COST_RATIO}"),
        accuracy_rows(program, name, cases, model, violations))


def report_violations(violations):
    heading(f"Faces whose cost is above {COST_RATIO} times the optimum, or below it")
    if not violations:
        print("None.")
        return
    table(("set", "face", "cost ratio", "from optimum °", "from truth °", "optimum rms px",
           "over interocular", "interocular px", "true yaw, pitch"), violations)


# Intervals


def rotation_vectors(matrices):
    return np.array([cv2.Rodrigues(matrix)[0][:, 0] for matrix in matrices])


def coverage(program, name, cases):
    """Share of each parameter's errors δ, the truth being exp(δ) R and t + δ, within 1.96 sigmas; faces
    without a fit count as outside."""
    program.fit(name)
    rotation, translation, sigmas = program.poses(name)
    fitted = np.isfinite(sigmas).all(axis=1)
    delta = np.full(sigmas.shape, np.inf)
    turn = cases["truth_rotation"] @ np.swapaxes(rotation, 1, 2)
    delta[fitted, :3] = rotation_vectors(turn[fitted])
    delta[fitted, 3:] = (cases["truth_translation"] - translation)[fitted]
    return (np.abs(delta) < 1.96 * np.where(fitted[:, None], sigmas, 0)).mean(axis=0)


def report_coverage(program, models, many):
    heading(f"Coverage in % of the nominal 95 % intervals: 5 points, {MANY_FACES} faces each, landmark noise 1 %")
    rows = []
    for i, length in enumerate(CORRELATION_CENTIMETRES):
        cases = many if length is None else synthetic.generate(
            models, 5, MANY_FACES, seed=100 + i, correlation_length=length / 10)
        program.give("coverage", cases)
        share = coverage(program, "coverage", cases)
        rows.append(("independent" if length is None else f"correlated over {length} cm",
                     *(f"{100 * value:.1f}" for value in share)))
    table(("identity noise", *PARAMETERS), rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--shared", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", required=True, type=int)
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    program = Program(options.program, options.work)
    models = program.models()
    sets = [standard_cases(options.shared, models, points) for points in (5, 68)]
    for name, cases in sets:
        program.give(name, cases)
        report_time(program, name, cases, models[cases["points"].shape[1]], options.rounds)
    print(f"""
OpenCV {cv2.__version__} on one thread, called from Python with float32 points. What Python adds is that of
the cheapest OpenCV calls with at least as many arrays in and out (`norm` of two, `cartToPolar` of two
into two), rather too much. Ours counts the rotation vector and all sigmas. Medians and least of
{options.rounds} rounds in turn; ratios are of the same round, without Python, their least and most in
brackets. Times and accuracy leave out the faces that a method refuses, mostly small ones.""")
    many = synthetic.generate(models, 5, MANY_FACES, seed=1)
    program.give("generated", many)
    violations = []
    report_accuracy(program, "generated", many, models[5], violations)
    for folder in options.folders:
        sets += [(path.stem, dict(np.load(path))) for path in sorted(folder.glob("*.npz"))]
    for name, cases in sets:
        program.give(name, cases)
        report_accuracy(program, name, cases, models[cases["points"].shape[1]], violations)
    report_violations(violations)
    report_coverage(program, models, many)


if __name__ == "__main__":
    main()
