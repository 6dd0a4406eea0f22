"""Runs sixdof as a user does."""

import json
import subprocess

from .report import expect


class Tool:
    def __init__(self, program):
        self.program = program

    def run(self, *arguments, exit_code=0):
        """Runs one command; any other exit code than the expected one is a mismatch."""
        self.output(*arguments, exit_code=exit_code)

    def output(self, *arguments, exit_code=0):
        """The same, and gives what the command prints."""
        return self._run(arguments, exit_code).stdout

    def refusal(self, *arguments, exit_code=65):
        """The same, and gives the lines that the command says on standard error."""
        return self._run(arguments, exit_code).stderr.strip().splitlines()

    def _run(self, arguments, exit_code):
        words = [str(word) for word in arguments]
        done = subprocess.run([self.program, *words], capture_output=True, text=True, timeout=600)
        command = " ".join(["sixdof", *words[:2]])
        last_words = done.stderr.strip().splitlines()[-3:]
        expect(done.returncode == exit_code, f"exit code {exit_code} of '{command} …'",
               f"{done.returncode}: {' | '.join(last_words)}")
        return done


def read_json_lines(path):
    """JSON Lines, read strictly: NaN and infinity are no JSON, and each line ends with LF."""
    def refuse(constant):
        raise ValueError(f"{path}: {constant} is not JSON")

    text = path.read_text(encoding="utf-8")
    expect(text == "" or text.endswith("\n"), f"a final line end in {path.name}", text[-20:])
    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
