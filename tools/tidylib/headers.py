"""Whether every header compiles alone, remembered as long as nothing it includes changes."""

import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import subprocess

from tidylib.finding import Finding

JOBS = 2
_OURS = re.compile(r'^\s*#\s*include\s*"((?:libs|services|houbu|google/rpc)/[^"]+)"', re.MULTILINE)
FLAGS = ("-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-DBOOST_ASIO_NO_DEPRECATED",
         "-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_BEAST_SEPARATE_COMPILATION")  # fmt: skip


class _Fingerprints:
    """The hash of a file together with all of ours it includes."""

    def __init__(self, root, generated):
        self._folders = (root, generated)
        self._known = {}

    def of(self, path):
        if path not in self._known:
            self._known[path] = ""  # ends circles
            text = next((t for t in (_read(os.path.join(f, path)) for f in self._folders) if t), "")
            digest = hashlib.sha256(text.encode())
            for include in _OURS.findall(text):
                digest.update(self.of(include).encode())
            self._known[path] = digest.hexdigest()
        return self._known[path]


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def check(root, headers, generated, memory_path):
    """Compiles each header by itself; those seen good before, and unchanged, are skipped."""
    fingerprints = _Fingerprints(root, generated)
    good = set(json.loads(_read(memory_path) or "[]"))
    todo = [header for header in headers if fingerprints.of(header) not in good]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        results = list(pool.map(lambda header: _compile(root, header, generated), todo))
    findings = [finding for finding in results if finding]
    good |= {fingerprints.of(h) for h, finding in zip(todo, results) if not finding}
    os.makedirs(os.path.dirname(memory_path), exist_ok=True)
    with open(memory_path, "w", encoding="utf-8") as file:
        json.dump(sorted(good & {fingerprints.of(header) for header in headers}), file)
    return findings


def _compile(root, header, generated):
    compiler = shutil.which("g++-12") or "g++"
    command = [compiler, *FLAGS, f"-I{root}", "-isystem", generated, "-x", "c++", "-include"]
    done = subprocess.run(
        [*command, header, "/dev/null"], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return None
    error = next((line for line in done.stderr.splitlines() if "error" in line), "does not compile")
    return Finding(header, 1, f"does not compile alone, include what it uses: {error.strip()}")
