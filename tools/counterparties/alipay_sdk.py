"""Asks Alipay's own SDK for Node: alipay_sdk.mjs as a function."""

import json
import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = 60


def is_there():
    """Whether the SDK can be run; installs what package.json names where it is missing."""
    if not shutil.which("node"):
        return False
    if not os.path.exists(os.path.join(ROOT, "node_modules/alipay-sdk")) and shutil.which("npm"):
        install = ["npm", "install", "--no-save"]
        subprocess.run(install, cwd=ROOT, capture_output=True, timeout=600, check=False)
    return os.path.exists(os.path.join(ROOT, "node_modules/alipay-sdk"))


def ask(verb, **wanted):
    """What the SDK says; see alipay_sdk.mjs."""
    program = os.path.join(ROOT, "tools/counterparties/alipay_sdk.mjs")
    done = subprocess.run(
        ["node", program, verb], input=json.dumps(wanted), capture_output=True, text=True,
        timeout=SECONDS, check=False, env={**os.environ, "NO_PROXY": "*", "TZ": "Asia/Shanghai"},
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"the SDK is not content: {done.stderr[-2000:]}")
    return json.loads(done.stdout)
