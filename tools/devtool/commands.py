"""Runs other programs: into a log, with progress, with one line when they fail."""

import os
import subprocess

from console import Failure, console


def run_logged(command, log, failure, cwd=None, env=None, progress=None):
    """Runs a command into a log file; `progress` turns a line of output into what is shown."""
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n")
        file.flush()
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        for line in process.stdout:
            file.write(line)
            shown = progress(line.rstrip()) if progress else None
            if shown:
                console.progress(shown)
        process.stdout.close()
        code = process.wait()
    if code != 0:
        raise Failure(f"{failure}: {last_line_of_interest(log)}", log)


def last_line_of_interest(log):
    """The line of a log, since its last command or start, that most likely says what went wrong."""
    try:
        with open(log, encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file.read().splitlines()[-500:] if line.strip()]
    except OSError:
        return "no log"
    begins = [at for at, line in enumerate(lines) if line.startswith(("--- ", "$ "))]
    lines = lines[begins[-1] + 1 :] if begins else lines
    for line in reversed(lines):
        if '"level":"error"' in line:
            return line[:500]
    for line in lines:
        if "error:" in line.lower() or line.startswith(("E: ", "FATAL")):
            return line[:300]
    return lines[-1][:300] if lines else "no output"


def capture(command, **options):
    """(exit code, standard output) of a short command."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    return done.returncode, done.stdout
