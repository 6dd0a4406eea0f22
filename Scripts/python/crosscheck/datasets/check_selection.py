"""split, merge, sample and diff: invariants and counts by plain Python over the files' JSON."""

import copy
import json
import math
from collections import Counter, defaultdict

import numpy as np
from scipy.spatial.transform import Rotation

from .report import expect, expect_close, expect_same
from .tool import read_json_lines

ATTRIBUTES = ("subject_id", "source_photo")
SETS = {"biwi": "", "300w-lp": "", "arkitface": "trg"}


def checks(artefacts):
    made = {}

    def records(name):
        if name not in made:
            made[name] = convert(artefacts, name)
        return made[name]

    def bound(function, *names):
        return lambda: function(artefacts, *map(records, names))

    for name in SETS:
        yield f"selection {name}: split keeps groups whole", bound(split_groups, name)
        yield f"selection {name}: lists give the split again", bound(split_lists, name)
        yield f"selection {name}: sample by yaw", bound(sample, name)
    yield "selection: persons and photos join transitively", bound(joined_groups, "biwi", "300w-lp")
    yield "selection: findings in lists", bound(list_findings, "biwi")
    yield "selection: merge", bound(merge, *SETS)
    yield "selection: diff", bound(diff, "biwi", "300w-lp")


def convert(artefacts, name):
    folder, output = artefacts.work / f"sel-{name}", artefacts.work / f"sel-{name}.jsonl"
    artefacts.tool.run("synth", name, "--count", 60, "--seed", 3, "--size", "128x128",
                       "--output", folder)
    artefacts.tool.run("convert", name, "--input", folder / SETS[name], "--native", "none",
                       "--output", output)
    return output


def write(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def fresh(artefacts, name):
    """A path in the work folder that no check has had."""
    number = len(list(artefacts.work.glob("selection-*")))
    return artefacts.work / f"selection-{number}-{name}"


def groups_of(records):
    """For each record the set of all records' places that share a person or photo with it."""
    by_key = defaultdict(set)
    keys = [{(record["source"]["dataset"], name, face["attributes"][name])
             for face in record["faces"] for name in ATTRIBUTES
             if name in face.get("attributes", {})} or {("image", record["image"]["path"])}
            for record in records]
    for place, names in enumerate(keys):
        for key in names:
            by_key[key].add(place)
    group = [None] * len(records)
    for start in range(len(records)):
        if group[start] is not None:
            continue
        reached, waiting = {start}, [start]
        while waiting:
            for key in keys[waiting.pop()]:
                waiting += by_key[key] - reached
                reached |= by_key[key]
        for place in reached:
            group[place] = start
    return group


def parts_of(folder, names):
    return {name: read_json_lines(folder / f"{name}.jsonl") for name in names}


def yaw(pose):
    """Beyond 90 degrees where the head's axis points away from the camera."""
    matrix = Rotation.from_rotvec(pose["rotation_vector"]).as_matrix()
    angle = math.degrees(math.atan2(matrix[0, 2], math.hypot(matrix[0, 0], matrix[0, 1])))
    if matrix[2, 2] >= 0:
        return angle
    return -180 - angle if angle < 0 else 180 - angle


def check_parts(path, folder, names):
    """Each record once and unchanged, in its order; no group in two parts; split.json's numbers."""
    records, parts = read_json_lines(path), parts_of(folder, names)
    lines = path.read_text().splitlines()
    place = {line: i for i, line in enumerate(lines)}
    group, owner = groups_of(records), {}
    seen = []
    for name in names:
        places = [place[line] for line in (folder / f"{name}.jsonl").read_text().splitlines()]
        expect(places == sorted(places), f"{name} in the order of the input", "another")
        seen += places
        for i in places:
            expect(owner.setdefault(group[i], name) == name, f"group {group[i]} in one part",
                   f"it in {owner[group[i]]} and {name}")
    expect_same("records", list(range(len(lines))), sorted(seen))
    told = json.loads((folder / "split.json").read_text())
    edges = told["yaw_edges_deg"]
    for part in told["parts"]:
        mine = parts[part["name"]]
        faces = [face for record in mine for face in record["faces"]]
        yaws = [yaw(face["pose"]) for face in faces if "pose" in face]
        expect_same(f"split.json {part['name']}", {
            "name": part["name"], "images": len(mine), "faces": len(faces),
            "groups": sum(1 for name in owner.values() if name == part["name"]),
            "yaw_histogram": np.histogram(yaws, edges)[0].tolist(),
            "faces_without_pose": len(faces) - len(yaws)}, part)
    return records, group, parts


def split_groups(artefacts, path):
    names = ["one", "two"]
    sizes = []
    for seed in range(1, 6):
        folder = fresh(artefacts, "split")
        artefacts.tool.run("split", path, "--ratios", "one=0.6,two=0.4", "--seed", seed,
                           "--output-dir", folder)
        records, group, parts = check_parts(path, folder, names)
        largest = max(Counter(group).values())
        share = len(parts["one"]) - 0.6 * len(records)
        expect(abs(share) <= largest, f"60 % to within the largest group, {largest}", share)
        sizes.append(len(parts["one"]))
    # A record's part hangs on the seed and the name of its group alone.
    half = write(fresh(artefacts, "half.jsonl"), records[::2])
    places = []
    for source in (path, half):
        folder = fresh(artefacts, "stable")
        artefacts.tool.run("split", source, "--ratios", "one=0.6,two=0.4", "--rule", "stable",
                           "--output-dir", folder)
        places.append({record["id"]: name for name, part in parts_of(folder, names).items()
                       for record in part})
    expect_same("stable parts", {name: places[0][name] for name in places[1]}, places[1])
    return f"{len(records)} records in {len(set(group))} groups; first parts of {sizes}"


def split_lists(artefacts, path):
    forms = ["paths", "stems"] + (["arkitface"] if "arkitface" in path.name else [])
    for form in forms:
        first, second = fresh(artefacts, "written"), fresh(artefacts, "read")
        artefacts.tool.run("split", path, "--ratios", "1,1", "--write-lists", "--list-form", form,
                           "--output-dir", first)
        ending = "csv" if form == "arkitface" else "txt"
        lists = [f"{name}={first}/{name}.{ending}" for name in ("train", "test")]
        artefacts.tool.run("split", path, "--list", lists[0], "--list", lists[1],
                           "--output-dir", second)
        for name, part in parts_of(first, ["train", "test"]).items():
            expect_same(name, part, read_json_lines(second / f"{name}.jsonl"))
            lines = (first / f"{name}.{ending}").read_text().splitlines()
            if form == "paths":
                expect_same(form, [record["image"]["path"] for record in part], lines)
            elif form == "stems":
                expect_same(form, [record["image"]["path"].rsplit(".", 1)[0] for record in part],
                            lines)
            else:
                rows = [",".join(record["faces"][0]["attributes"][column] for column in
                                 ("subject_id", "facial_action", "img_id")) for record in part]
                expect_same(form, ["subject_id,facial_action,img_id", *rows], lines)
    return f"{', '.join(forms)}: the same parts"


def joined_groups(artefacts, biwi, photos):
    """Records of two sets, tied together by faces that name another's person or photo."""
    records = read_json_lines(biwi)[:20] + read_json_lines(photos)
    for record in records:
        record["source"]["dataset"] = "joined"
    before = len(set(groups_of(records)))
    records[-1]["faces"].append(copy.deepcopy(records[0]["faces"][0]))
    records[-2]["faces"][0]["attributes"]["subject_id"] = "a new person"
    records[-9]["faces"][0]["attributes"]["subject_id"] = "a new person"
    after = len(set(groups_of(records)))
    expect(after < before, "fewer groups", after)
    path = write(fresh(artefacts, "joined.jsonl"), records)
    # Through merge, the lines are as sixdof writes them.
    merged = fresh(artefacts, "joined-merged.jsonl")
    artefacts.tool.run("merge", path, "--output", merged)
    folder = fresh(artefacts, "split")
    artefacts.tool.run("split", merged, "--ratios", "1,1", "--output-dir", folder)
    check_parts(merged, folder, ["train", "test"])
    return f"{before} groups became {after}, none in two parts"


def list_findings(artefacts, path):
    """What Python finds wrong with two lists is what the log holds, line by line."""
    paths = [record["image"]["path"] for record in read_json_lines(path)]
    group = groups_of(read_json_lines(path))
    folder, lists = fresh(artefacts, "findings"), []
    for name, lines in (("train", [*paths[2:10], "absent.png"]), ("test", paths[8:-3])):
        lists += ["--list", f"{name}={fresh(artefacts, name + '.txt')}"]
        (artefacts.work / lists[-1].split("/")[-1]).write_text("\n".join(lines))
    artefacts.tool.run("split", path, *lists, "--output-dir", folder, exit_code=2)
    files = [entry.split("/")[-1] for entry in lists[1::2]]
    part = {i: 0 if 2 <= i < 10 else 1 for i in range(2, len(paths) - 3)}
    first = {}
    for i in part:
        first.setdefault(group[i], part[i])
    crossing = [min(i for i in part if group[i] == one and part[i] != first[one])
                for one in first if any(group[i] == one and part[i] != first[one] for i in part)]
    expected = Counter([("conflicting-list", files[1], i) for i in (1, 2)]
                       + [("unlisted-image", path.name, i + 1) for i in range(len(paths))
                          if i not in part]
                       + [("missing-annotation", files[0], 9)]
                       + [("crossing-group", files[part[i]], i - 7 if part[i] else i - 1)
                          for i in crossing])
    found = Counter((issue["code"], issue["file"], issue["line"])
                    for issue in read_json_lines(folder / "split.issues.jsonl"))
    expect(expected == found, f"issues {sorted(expected)}", sorted(found))
    return f"{sum(found.values())} issues at their places"


def sample(artefacts, path):
    records = read_json_lines(path)

    def bin_of(record, edges):
        posed = [face for face in record["faces"] if "pose" in face]
        if not posed:
            return None
        angle = yaw(max(posed, key=lambda face: np.prod(np.subtract(
            face["bbox_xyxy"][2:], face["bbox_xyxy"][:2])))["pose"])
        place = int(np.searchsorted(edges, angle, side="right")) - 1
        return place if edges[0] <= angle < edges[-1] else None

    told = []
    for count, edges in ((10, np.linspace(-90, 90, 13)), (25, np.array([-90.0, -20, 5, 50]))):
        bins = [bin_of(record, edges) for record in records]
        available = [bins.count(place) for place in range(len(edges) - 1)]
        for allocation in ("equal", "proportional"):
            draws = []
            for seed in (1, 1, 2):
                output = fresh(artefacts, "sample.jsonl")
                option = "--bins=" + ",".join(f"{edge:g}" for edge in edges)
                artefacts.tool.run("sample", path, "--count", count, "--by", "yaw", option,
                                   "--allocation", allocation, "--seed", seed, "--output", output)
                draws.append(output.read_text().splitlines())
            expect(draws[0] == draws[1], "the same sample for the same seed", "another")
            lines = path.read_text().splitlines()
            places = [lines.index(line) for line in draws[0]]
            expect(places == sorted(set(places)), "distinct records in their order", places)
            taken = [sum(1 for i in places if bins[i] == place) for place in range(len(available))]
            expect_same("count", min(count, sum(available)), sum(taken))
            if allocation == "equal":
                fair = all(mine == there or mine >= max(taken) - 1
                           for mine, there in zip(taken, available, strict=True))
            else:
                fair = all(abs(mine - count * there / sum(available)) < 1
                           for mine, there in zip(taken, available, strict=True))
            expect(fair, f"{allocation} shares of {available}", taken)
            told.append(taken)
    return f"{len(told)} samples; of the last, {told[-1]} of {available}"


def merge(artefacts, *paths):
    output = fresh(artefacts, "merged.jsonl")
    artefacts.tool.run("merge", *paths, "--output", output)
    text = "".join(path.read_text() for path in paths)
    expect(output.read_text() == text, "the files one after another", "other text")
    changed = read_json_lines(paths[0])
    for record in changed[::2]:
        record["faces"][0]["bbox_xyxy"][0] -= 1
    again = write(fresh(artefacts, "again.jsonl"), changed)
    refused = fresh(artefacts, "refused.jsonl")
    artefacts.tool.run("merge", paths[0], again, "--output", refused, exit_code=65)
    expect(not list(artefacts.work.glob(refused.name[:-6] + "*")), "nothing written", "a file")
    for keep, expected in (("first", read_json_lines(paths[0])), ("last", changed)):
        output = fresh(artefacts, f"{keep}.jsonl")
        artefacts.tool.run("merge", paths[0], again, "--on-duplicate", keep, "--output", output)
        expect_same(keep, expected, read_json_lines(output))
        issues = read_json_lines(output.with_name(output.stem + ".issues.jsonl"))
        expect_same("lines", list(range(1, len(changed) + 1, 2)), [one["line"] for one in issues])
    return f"{len(text.splitlines())} records of {len(paths)} sets; {len(changed)} that came again"


def diff(artefacts, *paths):
    """Random changes, with their sizes; diff names each with its size and nothing else."""
    random = np.random.default_rng(11)
    count = 0
    for path in paths:
        records = read_json_lines(path)
        changed, expected = [], {}
        for i, record in enumerate(records):
            record = copy.deepcopy(record)
            face = record["faces"][0]
            image = record["image"]["path"]
            kind = i % 8
            if kind == 0:
                expected[image] = "only-in-first"
                continue
            if kind == 1:
                face["bbox_xyxy"][2] += 1.5
                expected[image] = {"box": 1.5}
            elif kind == 2:
                turn = Rotation.from_rotvec(random.normal(size=3) * 0.05)
                pose = face["pose"]
                turned = turn * Rotation.from_rotvec(pose["rotation_vector"])
                pose["rotation_vector"] = turned.as_rotvec().tolist()
                expected[image] = {"rotation": math.degrees(turn.magnitude())}
            elif kind == 3:
                offset = random.normal(size=3) * 0.02
                face["pose"]["translation"] = (face["pose"]["translation"] + offset).tolist()
                expected[image] = {"translation": float(np.linalg.norm(offset))}
            elif kind == 4:
                face["attributes"]["extra"] = 1
                expected[image] = {"attributes": "extra"}
            elif kind == 5 and "landmarks" in face:
                points = face["landmarks"]["points"]
                points[7] = [points[7][0] + 3, points[7][1] - 4]
                expected[image] = {"landmarks": 5.0}
            changed.append(record)
        other = write(fresh(artefacts, "changed.jsonl"), [changed[i] for i in
                                                          random.permutation(len(changed))])
        artefacts.tool.run("diff", path, path)
        artefacts.tool.run("diff", path, other, exit_code=2)
        found = diff_objects(artefacts, path, other)
        summary = found.pop()["summary"]
        for one in found:
            want = expected.pop(one["image"], None)
            if one["status"] == "only-in-first":
                expect_same(one["image"], want, one["status"])
                continue
            fields = one["faces"][0]["fields"]
            expect_same(f"{one['image']} fields", sorted(want), sorted(fields))
            for name, amount in want.items():
                if isinstance(amount, float):
                    expect_close(f"{one['image']} {name}", amount, fields[name], 1e-9)
                else:
                    expect_same(name, amount, fields[name])
        expect(not expected, "all changes told", f"none of {sorted(expected)[:3]}")
        expect_same("summary", len(records),
                    summary["images"]["same"] + summary["images"]["changed"]
                    + summary["images"]["only_in_first"])
        count += len(found)
    return f"{count} differences named with their sizes"


def diff_objects(artefacts, first, second):
    done = artefacts.tool.output("diff", first, second, "--json", "--limit", 10_000, exit_code=2)
    return [json.loads(line) for line in done.splitlines()]
