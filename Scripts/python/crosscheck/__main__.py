"""`python -m crosscheck`: runs the checks and exits with 1 when one failed."""

import argparse
import multiprocessing
import os
import sys
from pathlib import Path

from . import (
    check_adapters, check_adapters_papers, check_angle_sets, check_arkitface, check_binary_forms, check_biwi, check_calibration, check_camera_estimate, check_checks, check_conventions,
    check_crops, check_ddfa, check_duplicates, check_epnp, check_evaluation, check_export, check_face_adapters, check_foreign, check_forms,
    check_frames,
    check_img2pose_profile, check_inference, check_inference_truth, check_layout, check_manifest,
    check_jpeg_parts, check_mat_datasets, check_pack, check_parts, check_perspnet, check_perspnet_chance, check_pose_options, check_poses, check_predictions,
    check_python_package, check_real_val, check_records_layout, check_repeatability, check_schema, check_selection,
    check_statistics, check_tool_forms, check_trainer_views, check_trg, check_validation, check_wider_precision,
)
from .artefacts import Artefacts
from .report import Report, processor_seconds
from .tool import Tool

MODULES = [
    check_layout, check_poses, check_statistics, check_manifest, check_forms, check_real_val,
    check_schema, check_records_layout, check_pack, check_parts, check_conventions, check_repeatability,
    check_epnp, check_img2pose_profile, check_pose_options, check_mat_datasets, check_biwi,
    check_arkitface, check_selection, check_inference, check_inference_truth, check_evaluation,
    check_predictions, check_wider_precision, check_adapters, check_adapters_papers, check_face_adapters, check_export,
    check_angle_sets,
    check_validation, check_checks, check_duplicates, check_frames, check_ddfa, check_crops,
    check_trg, check_perspnet, check_perspnet_chance, check_jpeg_parts, check_foreign, check_binary_forms, check_tool_forms,
    check_trainer_views, check_python_package, check_calibration, check_camera_estimate,
]


def main():
    options = parsed_options()
    # Python does the most of it, with one thread. A module's checks share what they make, so modules are dealt out.
    context = multiprocessing.get_context("fork")
    modules, reports = context.Queue(), context.Queue()
    for place in [*range(len(MODULES)), *[None] * options.jobs]:
        modules.put(place)
    workers = [context.Process(target=work, args=(options, i, modules, reports)) for i in range(options.jobs)]
    for worker in workers:
        worker.start()
    report = Report()
    for worker in workers:
        worker.join()
        if worker.exitcode:
            report.say(f"FAIL  a process of the cross-check ended with {worker.exitcode}")
            report.failed += 1
        else:
            report.add(reports.get())
    print(f"most processor time: {report.slowest()}")
    print(report.summary())
    sys.exit(1 if report.failed or not report.count else 0)


def work(options, number, modules, reports):
    """Runs checks of one module after the other, with files of its own."""
    report = Report()
    try:
        folder = options.work / str(number)
        folder.mkdir()
        artefacts = Artefacts(Tool(options.program), options.root, folder, options.shared)
        while (place := modules.get()) is not None:
            module, before = MODULES[place], processor_seconds()
            run_module(module, artefacts, options.names, report)
            report.seconds[module.__name__.rpartition(".")[2]] = processor_seconds() - before
    finally:
        reports.put(report)


def run_module(module, artefacts, names, report):
    try:
        for name, check in module.checks(artefacts):
            if not names or any(word in name for word in names):
                report.run(name, check)
    except Exception as error:  # what a module needs before its checks failed
        report.broken(module.__name__, error)


def parsed_options():
    parser = argparse.ArgumentParser(prog="crosscheck")
    parser.add_argument("names", nargs="*", help="run only the checks whose name has one of these")
    parser.add_argument("--program", type=Path, required=True, help="the sixdof to check")
    parser.add_argument("--root", type=Path, required=True, help="the repository")
    parser.add_argument("--work", type=Path, required=True, help="an empty folder for outputs")
    parser.add_argument("--shared", type=Path, required=True, help="the real samples, if any")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="modules at a time")
    return parser.parse_args()


if __name__ == "__main__":
    main()
