"""What the examples find in their folder: small sets in the layout of the real ones, made by the program itself."""

import shutil
import subprocess

#: A page that says this begins in a folder with the samples, all others in an empty one.
WANTED = "run in a folder with"

#: Made once; every page and every command's help gets a copy. The names are those that the examples use.
COMMANDS = """
sixdof synth wider-face --count 16 --output wider
mkdir WIDER_train WIDER_val photos
mv wider/images WIDER_train/images
mv wider/retinaface/train/label.txt label.txt
find WIDER_train -name '*.jpg' -exec cp {} photos/ ';'
sixdof synth wider-face --count 6 --split val --seed 2 --output wider-val
mv wider-val/images WIDER_val/images
mv wider-val/*.mat .
sixdof synth 300w-lp --count 24 --output lp
mv lp/300W_LP .
python3 -m zipfile -c 300W_LP.zip 300W_LP
cp 300W_LP.zip 300W-LP.zip
sixdof synth aflw2000 --count 24 --output aflw
mv aflw/AFLW2000 .
sixdof synth biwi --count 6 --size 320x240 --output biwi
cp -r biwi/hpdb hpdb
mv biwi/hpdb BIWI
sixdof synth arkitface --count 6 --size 400x400 --output arkit
mv arkit/perspnet ARKitFace
mv arkit/tables TABLES
ln -s TABLES tables

sixdof convert wider-face --annotations label.txt --images WIDER_train/images --output records.jsonl
sixdof label records.jsonl --output labelled.jsonl
sixdof convert wider-face --annotations wider_face_val.mat --images WIDER_val/images --output val.jsonl
cp labelled.jsonl train.jsonl
cp labelled.jsonl predictions.jsonl
sixdof pack labelled.jsonl --images WIDER_train/images --output train.lmdb
sixdof build wider-face --images WIDER_train/images --annotations label.txt --output built/train --records
sixdof export labelled.jsonl --format cvat --images WIDER_train/images --allow-lossy --output my-project
cp -r WIDER_train/images/. my-project/
sixdof export labelled.jsonl --format coco --allow-lossy --output coco
sixdof convert biwi --input BIWI --output biwi.jsonl
sixdof convert arkitface --input ARKitFace --output arkitface.jsonl
sixdof convert aflw2000 --input AFLW2000 --output truth.jsonl
cp truth.jsonl annotated.jsonl
cp truth.jsonl landmarks.jsonl
sixdof sample annotated.jsonl --count 10 --output ten-posed.jsonl
sixdof export truth.jsonl --format csv --columns image,angles --allow-lossy --output table
mv table/faces.csv predictions.csv
sixdof convert 300w-lp --input 300W_LP --output 300w-lp.jsonl
rm -r table wider wider-val lp aflw biwi arkit
"""


def make(folder, environment):
    """Makes the samples in an empty folder, or ends the run with what failed."""
    _make(COMMANDS, folder, environment)


def _make(commands, folder, environment):
    folder.mkdir(parents=True)
    script = "set -euo pipefail\n" + commands
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"the samples could not be made (exit code {done.returncode}):\n{done.stdout}")


#: The same names as README uses, of real samples; they are never copied into the project.
REAL = """
cp -r "$SHARED/photos/images" photos
mkdir -p WIDER_train my-project 300W_LP/landmarks
cp -r "$SHARED/photos/images" WIDER_train/images
cp "$SHARED/photos/label.txt" label.txt
cp -r "$SHARED/foreign/cvat-images/annotations.xml" "$SHARED/foreign/cvat-images/images" my-project
cp -r "$SHARED/300w_lp/IBUG" 300W_LP
cp -r "$SHARED/aflw2000" AFLW2000
chmod -R u+w .
sixdof convert aflw2000 --input AFLW2000 --output truth.jsonl
sixdof export truth.jsonl --format csv --columns image,angles --allow-lossy --output table
mv table/faces.csv predictions.csv
rm -r table truth.*
"""


def make_real(shared, folder, environment):
    """Makes a folder for README of real samples, or ends the run with what failed."""
    _make(REAL, folder, environment | {"SHARED": str(shared)})


def copied(samples, folder):
    """A copy for one page. Files are linked: the program replaces files and never changes one."""
    shutil.copytree(samples, folder, symlinks=True, copy_function=lambda source, target: shutil.copy2(source, target))
    return folder
