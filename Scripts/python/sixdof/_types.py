"""The unified record, as Schemas/image-record-1.schema.json has it: what JSON and MessagePack give, with types.

Camera axes: x right, y down, z forward; metres and radians. Pixels: 0-based, the origin at the centre of the top-left pixel, of
the image as it is stored. Members that may be absent belong to the classes with `total=False`.
"""

from __future__ import annotations

from typing import Any, List, Literal, Optional, TypedDict

Point = Optional[List[float]]


class _SourceOptional(TypedDict, total=False):
    split: str
    file: str
    line: int


class Source(_SourceOptional):
    """Where an annotation comes from. `line` is 1-based."""

    dataset: str


class _ImageOptional(TypedDict, total=False):
    archive: Optional[str]
    width: Optional[int]
    height: Optional[int]
    format: Optional[Literal["jpeg", "png", "webp", "bmp"]]
    orientation: int


class Image(_ImageOptional):
    """`path` is relative to the folder or archive of images. Sizes are those of the stored pixels."""

    path: str


class _CameraOptional(TypedDict, total=False):
    focal_sigma: float


class Camera(_CameraOptional):
    """A pinhole camera: focal lengths and principal point in pixels; `focal_sigma` is relative."""

    fx: float
    fy: float
    cx: float
    cy: float
    provenance: Literal["calibrated", "dataset-projection", "weak-perspective", "assumed-width-plus-height", "user", "exif", "estimated"]


class _LandmarksOptional(TypedDict, total=False):
    visibility: List[Literal["visible", "occluded", "missing"]]


class Landmarks(_LandmarksOptional):
    """Points x, y in pixels; None where one is missing. Left and right are the image's."""

    layout: Literal["face-5", "ibug-68", "aflw-21", "mediapipe-468"]
    points: List[Point]


class Pose(TypedDict):
    """The rigid motion from the object frame to the camera: axis times angle in radians, and metres. Where only the rotation
    is known, `translation` is None and `scale` is "none"."""

    rotation_vector: List[float]
    translation: Optional[List[float]]
    frame: Literal["bfm", "arkit", "biwi-head", "user"]
    scale: Literal["measured", "assumed", "none"]
    provenance: Literal["annotation", "pnp", "prediction"]


class _FitOptional(TypedDict, total=False):
    rotation_sigma_deg: List[float]
    translation_sigma: List[float]


class Fit(_FitOptional):
    """How well a fitted pose explains the landmarks; lengths in pixels, `relative_rms` in interocular distances."""

    solver: str
    points: int
    reprojection_rms_px: float
    relative_rms: Optional[float]
    interocular_px: Optional[float]
    flags: List[str]


class _FaceOptional(TypedDict, total=False):
    landmarks: Landmarks
    pose: Pose
    fit: Fit
    attributes: dict[str, Any]
    native: dict[str, Any]


class Face(_FaceOptional):
    """`bbox_xyxy` is left, top, right, bottom, where right = left + width; it may leave the image."""

    bbox_xyxy: List[float]


class _RecordOptional(TypedDict, total=False):
    camera: Optional[Camera]
    native: dict[str, Any]


class Record(_RecordOptional):
    """One image with its faces. `id` is dataset/[split/]path without the ending."""

    schema: Literal["sixdof.image/1"]
    id: str
    source: Source
    image: Image
    faces: List[Face]
