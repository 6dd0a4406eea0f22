"""The check of examples finds what is wrong with an example."""

import pytest

from documents import helps, pages
from documents.site import anchor


def read(tmp_path, text):
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    return pages.read(tmp_path / "page.md")


@pytest.mark.parametrize("expected, actual, same", [
    (["wrote a"], ["wrote a"], True),
    (["wrote a"], ["wrote b"], False),
    (["wrote a"], ["wrote a", "and more"], False),
    (["took … s"], ["took 0.31 s"], True),
    (["took … s"], ["took 0.31 s", "x s"], False),
    (["…", "last"], ["first", "second", "last"], True),
    (["…", "last"], ["last"], True),
    (["first", "…"], ["second"], False),
    ([], ["something"], False),
    (["a.b"], ["axb"], False),
])
def test_output_is_compared(expected, actual, same):
    assert pages.matches(expected, actual) is same


def test_commands_have_their_output():
    found = pages.commands(["$ one \\", "  --more", "said", "$ two"])
    assert found == [(0, "one \\\n  --more", ["said"]), (3, "two", [])]


def test_output_before_a_command_is_an_error():
    with pytest.raises(ValueError, match="expected a command after"):
        pages.commands(["said", "$ one"])


def test_blocks_say_why_they_are_not_run(tmp_path):
    page = read(tmp_path, "# A\n\n```sh\n# not run here: needs Slurm\nsbatch\n```\n\n```sh\nls\n```\n")
    assert [(block.first, block.reason) for block in page.blocks] == [(3, "needs Slurm"), (8, None)]


def test_a_block_without_an_end_is_an_error(tmp_path):
    with pytest.raises(SystemExit, match="page.md:3"):
        read(tmp_path, "# A\n\n```sh\nls\n")


def test_examples_that_the_screen_breaks_are_faults():
    whole = ["  sixdof convert a \\", "    --output b", "", "  sixdof formats", "", "USAGE: sixdof"]
    assert [(number, fault) for number, _, fault in helps.examples(whole)] == [(1, None), (4, None)]
    broken = ["  sixdof convert a", "--output b", "USAGE: sixdof"]
    assert [fault for _, _, fault in helps.examples(broken)] == ["'sixdof convert a' is broken by the end of the line"]
    wide = ["  sixdof " + "x" * 80, "", "USAGE: sixdof"]
    assert "wider than 80 columns" in helps.examples(wide)[0][2]


def test_the_longest_key_tells_of_an_example():
    assert helps.about("sixdof gather out --single", {"sixdof gather": 1, "sixdof gather out --single": 2}, 0) == 2
    assert helps.about("sixdof merge", {"sixdof gather": 1}, 0) == 0


def test_anchors():
    assert pages.slug("`check`: what it finds, and why") == "check-what-it-finds-and-why"
    assert anchor("Relative to the line of sight, or to the camera") == "Relative-to-the-line-of-sight,-or-to-the-camera"


def test_what_is_said_in_between_does_not_count():
    lines = ["[########################] 100 %  14 images, 2/s, 0:00 left", "[###.....................] 12 %  1 images, 2/s, 0:07 left",
             "12 images, 300/s", "read      12 images"]
    assert pages.without_progress(lines) == ["read      12 images"]
