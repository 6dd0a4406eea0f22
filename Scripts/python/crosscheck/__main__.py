"""`python -m crosscheck`: runs the checks and exits with 1 when one failed."""

import argparse
import sys
from pathlib import Path

from . import (
    check_adapters, check_adapters_papers, check_angle_sets, check_arkitface, check_biwi, check_checks, check_conventions,
    check_crops, check_ddfa, check_duplicates, check_epnp, check_evaluation, check_export, check_face_adapters, check_foreign, check_forms,
    check_frames,
    check_img2pose_profile, check_inference, check_inference_truth, check_layout, check_manifest,
    check_mat_datasets, check_pack, check_perspnet, check_pose_options, check_poses, check_predictions,
    check_real_val, check_records_layout, check_repeatability, check_schema, check_selection,
    check_statistics, check_trainer_views, check_trg, check_validation, check_wider_precision,
)
from .artefacts import Artefacts
from .report import Report
from .tool import Tool

MODULES = [
    check_layout, check_poses, check_statistics, check_manifest, check_forms, check_real_val,
    check_schema, check_records_layout, check_pack, check_conventions, check_repeatability,
    check_epnp, check_img2pose_profile, check_pose_options, check_mat_datasets, check_biwi,
    check_arkitface, check_selection, check_inference, check_inference_truth, check_evaluation,
    check_predictions, check_wider_precision, check_adapters, check_adapters_papers, check_face_adapters, check_export,
    check_angle_sets,
    check_validation, check_checks, check_duplicates, check_frames, check_ddfa, check_crops,
    check_trg, check_perspnet, check_foreign, check_trainer_views,
]


def main():
    options = parsed_options()
    artefacts = Artefacts(Tool(options.program), options.root, options.work, options.shared)
    report = Report()
    for module in MODULES:
        for name, check in module.checks(artefacts):
            if not options.names or any(word in name for word in options.names):
                report.run(name, check)
    print(report.summary())
    sys.exit(1 if report.failed or not report.count else 0)


def parsed_options():
    parser = argparse.ArgumentParser(prog="crosscheck")
    parser.add_argument("names", nargs="*", help="run only the checks whose name has one of these")
    parser.add_argument("--program", type=Path, required=True, help="the sixdof to check")
    parser.add_argument("--root", type=Path, required=True, help="the repository")
    parser.add_argument("--work", type=Path, required=True, help="an empty folder for outputs")
    parser.add_argument("--shared", type=Path, required=True, help="the real samples, if any")
    return parser.parse_args()


if __name__ == "__main__":
    main()
