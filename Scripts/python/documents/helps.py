"""The examples of the help texts."""

import re

WEIGHTS = "needs weights that come from their authors alone"

#: What an example needs that no sample gives, by the words that it begins with.
NOT_RUN = {
    "sixdof infer photos/ --model": WEIGHTS,
    "sixdof infer photos/ --detector": WEIGHTS,
    "sixdof infer biwi.jsonl": WEIGHTS,
}

_PLAN = ("sixdof plan build wider-face --images WIDER_train/images --annotations label.txt --part-images 4 --output plan.json")
_PARTS = (_PLAN, *(f"sixdof build --plan plan.json --part {part} --output out/train --records" for part in range(4)))

#: What makes the files that an example names, where the samples are too small or have none of them, by the same.
BEFORE = {
    "sixdof build --plan": (_PLAN,),
    "sixdof gather out/train": ("rm -rf out", *_PARTS),
    "sixdof gather out/train --single-lmdb": ("rm -rf out", *_PARTS),
    "sixdof parts out/train": ("rm -rf out", *_PARTS),
    "sixdof diff old": ("cp labelled.jsonl old.jsonl", "cp labelled.jsonl new.jsonl"),
    "sixdof merge old": ("cp labelled.jsonl old.jsonl", "cp labelled.jsonl new.jsonl"),
    "sixdof diff truth": ("sixdof label truth.jsonl --relabel --output fitted.jsonl",),
    "sixdof evaluate predictions.jsonl --truth test.jsonl": (
        "cp arkitface.jsonl test.jsonl", "cp arkitface.jsonl predictions.jsonl"),
    "sixdof evaluate predictions/": (
        "python3 -m documents.wider_predictions val.jsonl predictions",),
    "sixdof inspect photo.jpg": ("cp \"$(find photos -name '*.jpg' | sort | head -1)\" photo.jpg",),
    "sixdof inspect records.jsonl": ("cp 300w-lp.jsonl records.jsonl",),
    "sixdof inspect train.lmdb --index 3 --as perspnet": (
        "rm train*", "sixdof build arkitface --input ARKitFace --layout perspnet --mesh-tables TABLES --output train"),
    "sixdof inspect --face-model head.obj": (
        "printf 'v %s\\n' '-0.03 -0.04 -0.04' '0.03 -0.04 -0.04' '0 0 -0.07' '-0.02 0.03 -0.05' '0.02 0.03 -0.05' > head.obj",
        "printf '%s\\n' 0 1 2 3 4 > landmarks.txt"),
    "sixdof conventions --from pose-para": ("echo 0.1 0.2 0.3 225 225 0 0.001 > pose_para.txt",),
    "sixdof pack": ("rm train.* train_*",),
    "sixdof sample biwi": ("cp 300w-lp.jsonl biwi.jsonl",),
    "sixdof split biwi": ("cp 300w-lp.jsonl biwi.jsonl",),
    "sixdof split arkit": (
        "cp 300w-lp.jsonl arkit.jsonl", "sixdof split arkit.jsonl --ratios train=1,test=1 --write-lists --output-dir lists",
        "cp lists/train*.txt ARKitFace_train.csv", "cp lists/test*.txt ARKitFace_test.csv"),
    "sixdof verify": (
        "rm -rf out",
        "sixdof build wider-face --images WIDER_train/images --annotations label.txt --output out/train",
        "sixdof build wider-face --images WIDER_train/images --annotations label.txt --output out/val"),
}

#: Exit codes other than 0: the synthetic faces reach over the images' edges, and fitted poses are not the annotated ones.
CODES = {"sixdof check train.jsonl val.jsonl": 2, "sixdof diff truth": 2}


def about(example, table, default):
    """What a table says of an example, by the longest key that it begins with."""
    known = [key for key in table if example.startswith(key)]
    return table[max(known, key=len)] if known else default


def commands(text):
    """The subcommands that `sixdof help` lists."""
    listed = text[text.index("SUBCOMMANDS:"):]
    return [found[1] for line in listed if (found := re.match(r"  ([a-z]+)  ", line))]


def examples(text):
    """The examples before the usage line, as (1-based line, command, fault). An example that the screen has broken where it
    is not to be broken is a fault: pasted, it would fail."""
    found, number = [], 0
    while number < len(text) and not text[number].startswith("USAGE:"):
        line = text[number]
        if re.match(r"  \S", line) and line.split()[0] == "sixdof":
            first, command = number + 1, line.strip()
            while command.endswith("\\"):
                number += 1
                command += "\n" + text[number][2:]
            broken = number + 1 < len(text) and text[number + 1].strip() and not text[number + 1].startswith("  ")
            if broken:
                fault = f"'{command}' is broken by the end of the line"
            elif any(len("  " + part) > 80 for part in command.splitlines()):
                fault = f"'{command}' is wider than 80 columns"
            else:
                fault = None
            found.append((first, command, fault))
        number += 1
    return found
