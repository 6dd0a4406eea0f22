"""The runs that are disturbed. Each is a line as a user types it, in a folder with `in`, `out` and `tmp`."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Command:
    name: str
    line: str
    # What the output's unfinished folder is named after.
    base: str
    # Earlier runs that leave something under the outputs' names.
    earlier: tuple = ()
    # Where a run of the same line was killed before, as the shim is told; a call's number counts from its last.
    killed: str = ""
    needs_networks: bool = False
    # Files of `in` that are copied beside the outputs.
    beside: dict = field(default_factory=dict)

    @property
    def words(self):
        return self.line.split()

    @property
    def overwrites(self):
        return "--overwrite" in self.line


BUILD = "build wider-face --images in/images --annotations in/label.txt --output out/b"
PACK = "pack in/labelled.jsonl --images in/images --output out/p.lmdb"
EXPORT = "export in/labelled.jsonl --images in/images --allow-lossy"

COMMANDS = [
    Command("build", f"{BUILD} --records --shards 2", "out/b"),
    Command("build-over", f"{BUILD} --records --shards 2 --overwrite", "out/b",
            earlier=(f"{BUILD} --layout records --shards 3",)),
    # Runs that find one that was killed while it gave outputs their names: before that step, and after it.
    Command("build-staged", f"{BUILD} --shards 2 --overwrite --resume", "out/b", killed="symlink:-1:SIGKILL",
            earlier=(f"{BUILD} --records",)),
    Command("build-settling", f"{BUILD} --shards 2 --overwrite --resume", "out/b", killed="rename:-3:SIGKILL",
            earlier=(f"{BUILD} --records",)),
    # Images that are committed in several batches.
    Command("build-batches", "build wider-face --images in/large --annotations in/large.txt --output out/b",
            "out/b"),
    Command("pack", PACK, "out/p"),
    Command("pack-over", f"{PACK} --overwrite", "out/p", earlier=(f"{PACK} --shards 2",)),
    Command("export", f"{EXPORT} --format retinaface --output out/e", "out/e"),
    Command("export-over", f"{EXPORT} --format webdataset --output out/e --overwrite", "out/e",
            earlier=(f"{EXPORT} --format img2pose-json --output out/e",)),
    Command("export-settling", f"{EXPORT} --format webdataset --output out/e --overwrite", "out/e",
            killed="renameat2:-1:SIGKILL", earlier=(f"{EXPORT} --format img2pose-json --output out/e",)),
    Command("convert", "convert wider-face --annotations in/label.txt --images in/images --output out/c.jsonl",
            "out/c", earlier=("convert wider-face --annotations in/other.txt --output out/c.jsonl",)),
    Command("label", "label in/records.jsonl --output out/l.jsonl", "out/l"),
    Command("check-fix", "check out/records.jsonl --fix out/mended.jsonl", "out/mended",
            earlier=("check in/other.jsonl --fix out/mended.jsonl",), beside={"labelled.jsonl": "records.jsonl"}),
    Command("split", "split in/labelled.jsonl --output-dir out/parts --seed 3", "out/parts"),
    Command("synth", "synth wider-face --count 2 --size 96x64 --output out/s", "out/s"),
    Command("stats", "stats in/labelled.jsonl --output out", "out/labelled"),
    Command("merge", "merge in/labelled.jsonl in/other.jsonl --output out/m.jsonl", "out/m",
            earlier=("merge in/other.jsonl --output out/m.jsonl",)),
    Command("infer", "infer in/images --output out/i.jsonl", "out/i", needs_networks=True),
    Command("annotate", "annotate in/images --output out/a", "out/a", needs_networks=True),
    Command("annotate-over", "annotate in/images --output out/a --overwrite", "out/a", needs_networks=True,
            earlier=("annotate in/images --output out/a --shards 2",)),
]

# What makes `in`, before the commands.
PREPARATION = [
    "synth wider-face --count 5 --size 160x120 --max-faces 2 --seed 3 --output made",
    "synth wider-face --count 2 --size 160x120 --max-faces 2 --seed 4 --output other",
    "synth wider-face --count 12 --size 320x240 --max-faces 1 --seed 5 --noise 100 --quality 100 --output large",
]
PREPARATION_OF_RECORDS = [
    "convert wider-face --annotations in/label.txt --images in/images --output in/records.jsonl",
    "label in/records.jsonl --output in/labelled.jsonl",
    "convert wider-face --annotations in/other.txt --images in/images --output in/other.jsonl",
]
