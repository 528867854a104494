"""Other people's software for WeChat Pay, from npm, as proof that ours speaks what they speak."""

import json
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PACKAGE = os.path.join(ROOT, "node_modules/wechatpay-node-v3")
SECONDS = 60


def missing():
    """Why it cannot run here; "" when it can."""
    if not shutil.which("node"):
        return "node is not installed"
    if not os.path.isdir(PACKAGE):
        return "wechatpay-node-v3 is not installed: npm install --no-save"
    return ""


def run(verb, base, keys_file, *more, given=None):
    """What a verb of wechat_sdk.cjs prints."""
    command = ["node", os.path.join(HERE, "wechat_sdk.cjs"), verb, base, keys_file, *more]
    done = subprocess.run(
        command, input=json.dumps(given or []), capture_output=True, text=True, timeout=SECONDS
    )
    if done.returncode:
        raise AssertionError(f"{verb}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)
