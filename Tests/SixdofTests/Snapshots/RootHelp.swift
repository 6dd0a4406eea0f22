/// What `sixdof --help` prints into a pipe.
let rootHelpSnapshot = #"""
  OVERVIEW: Turns face datasets into 6DoF training data.

  The main job, in one command:

    sixdof build wider-face --images WIDER_train/images \
      --annotations label.txt --output out/train

  Exit codes: 0 done; 2 done with findings at or above --fail-on; 64 wrong call;
  65 wrong input; 69 a model or library is missing; 74 reading or writing failed;
  75 another run holds the output; 130, 143 interrupted.

  USAGE: sixdof <subcommand>

  OPTIONS:
    --version               Show the version.
    -h, --help              Show help information.

  SUBCOMMANDS:
    build                   From a dataset to a training LMDB in one pass.
    convert                 Read a dataset's annotations and write one record a
                            line.
    label                   Fit a mean face to each face's landmarks: pose,
                            uncertainty and quality of fit.
    calibrate               Learn the mean face that fits your landmarks, for
                            label to fit poses with.
    stats                   Mean, standard deviation and distribution of poses.
    pack                    Write labelled records and their images to LMDB files.
    verify                  Prove that training data are whole and as they were
                            written.
    check                   Look for what is wrong with annotations: boxes,
                            landmarks, poses, files.
    infer                   Find faces in images: boxes with scores, landmarks,
                            poses by our fit.
    validate                Let the reference networks check annotations: find
                            mirrored, shifted or missing ones.
    annotate                From a folder of photos without annotations to a
                            training LMDB in one pass.
    evaluate                Score predictions against the truth, as the papers do
                            and as it should be.
    export                  Write records in a dataset's native form.
    inspect                 Look into a dataset, shard, records, annotation file
                            or face model.
    sheet                   A contact sheet of annotated faces or images.
    conventions             What systems mean by pitch, yaw and roll; poses
                            converted between them.
    formats                 List all forms of annotation that are read and
                            written.
    synth                   Make a dataset whose truth is known, in its own
                            native forms.
    split                   Divide records into parts that share no person and no
                            photo.
    merge                   Put files of records together, each record once.
    sample                  Draw records so that yaws are evenly there.
    diff                    Compare two files of records in meaning.
    plan                    Cut a run into parts that several machines can do.
    parts                   Say which parts of a run are whole, missing, damaged
                            or another's.
    gather                  Make one output of the parts of a run.

    See 'sixdof help <subcommand>' for detailed help.

  """#
