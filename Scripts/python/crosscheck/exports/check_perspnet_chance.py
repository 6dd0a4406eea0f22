"""Layout perspnet: what the drop-in dataset does by chance in other ways than PerspNet's loader, the points that it draws and its jitter."""

import math
from functools import cache

import numpy as np
from PIL import Image, ImageEnhance

from .check_perspnet import POINTS, Set, drop_in
from .report import expect, expect_same


def checks(artefacts):
    made = cache(lambda: Set(artefacts, "perspnet-chance", None))
    yield "PerspNet's points, drawn in less time", lambda: draws(made())
    yield "PerspNet's colours", lambda: colours(made())


def draws(made):
    """Without the loader's own draws: 1,024 different points in order, each as often as any other."""
    dataset = made.dataset(same_draws=False)
    np.random.seed(5)
    for count in (1025, 2047, 2048, 3000, 40000):
        drawn = dataset._drawn(count)
        expect_same(f"points of {count}", POINTS, len(drawn))
        expect((np.diff(drawn) > 0).all() and drawn[0] >= 0 and drawn[-1] < count, f"different points of {count}, in order", "others")
    times = np.zeros(3000)
    for _ in range(3000):
        times[dataset._drawn(3000)] += 1
    # Binomial: 1024 +- 26. Of 3,000 the largest of a fair draw is below 5 sigma but once in 600 runs.
    worst = abs(times - POINTS).max() / math.sqrt(POINTS * (1 - POINTS / 3000))
    expect(worst < 5, "each point drawn as often, within 5 sigma", worst)
    same = made.dataset()
    for index in range(len(made.contents)):
        np.random.seed(index)
        first = same.sample(index)
        second = dataset.sample(index)
        for name in ("model", "mask", "uvmap", "img"):
            expect(np.array_equal(first[name], second[name]), f"equal {name}", "another")
        expect(len(np.unique(second["corr_index"])) > 300, "points all over the face", "few")
    return f"of 5 counts; 3,000 draws within {worst:.1f} sigma"


def colours(made):
    """The jitter against torchvision's of a PIL image, whose operations are Pillow's (torchvision/transforms/_functional_pil.py)."""
    def hue(image, shift):
        h, s, v = image.convert("HSV").split()
        turned = np.array(h) + np.uint8(int(shift * 255) % 256)
        return Image.merge("HSV", (Image.fromarray(turned), s, v)).convert("RGB")

    enhancers = [ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color]
    random = np.random.default_rng(3)
    image = made.dataset().sample(0)["img"]
    noise = random.integers(0, 256, image.shape, dtype=np.uint8)
    found = []
    for step, (low, high, most, mean) in enumerate([(0.7, 1.3, 0, 0), (0.7, 1.3, 1, 0.05), (0.8, 1.2, 1, 0.3), (-0.01, 0.01, 16, 2)]):
        worst, average = 0, 0.0
        for picture in (image, noise):
            for factor in [low, high, *random.uniform(low, high, 8)]:
                factors = [1.0, 1.0, 1.0, 0.0]
                factors[step] = factor
                ours = drop_in().jittered(picture, [step], *factors)
                pillow = Image.fromarray(picture)
                theirs = np.asarray(hue(pillow, factor) if step == 3 else enhancers[step](pillow).enhance(factor))
                difference = abs(ours.astype(int) - theirs)
                worst, average = max(worst, int(difference.max())), max(average, float(difference.mean()))
        expect(worst <= most, f"step {step} within {most} levels of Pillow's", worst)
        expect(average <= mean, f"step {step} within {mean} levels of Pillow's in the mean", average)
        found.append(f"{worst} ({average:.2f})")
    levels = np.arange(256, dtype=np.float32)
    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    expected = (((levels / np.float32(255))[:, None] - mean) / deviation)[noise, np.arange(3)].transpose(2, 0, 1)
    expect(np.array_equal(drop_in().normalized(noise), expected), "the normalized image", "another")
    return f"levels beside Pillow's at most (in the mean): brightness, contrast, saturation, hue {', '.join(found)}"
