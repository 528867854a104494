"""A configuration that is not understood: the service says so in one line and does not start."""

import json
import os
import subprocess
import tempfile
import unittest

from floor import SERVICES, FaultCase
from layout import program

BAD_CONFIG = 78


class Configurations(FaultCase):
    """What is true of all five programs."""

    def run_with(self, service, change, *arguments):
        """Runs a service's program on its own configuration, changed."""
        content = self.floor.layout.read_json("config", service + ".json")
        change(content)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "changed.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(content, file)
            command = [program(service, self.floor.stack.preset), "--config", path, *arguments]
            return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    def check_refused(self, service, done, *words):
        self.assertEqual(done.returncode, BAD_CONFIG, f"{service}: {done.stderr}")
        lines = (done.stdout + done.stderr).splitlines()
        self.assertEqual(len(lines), 1, f"{service}: {lines}")
        for word in words:
            self.assertIn(word, lines[0])

    def test_an_unknown_key_refuses_to_start_with_one_line_that_names_it(self):
        for service in SERVICES:
            for key in ("surprise", "server"):
                change = lambda content, key=key: content.setdefault(key, {}).update(addres="x")
                done = self.run_with(service, change)
                self.check_refused(service, done, f"{key}.addres")

    def test_a_missing_file_or_setting_refuses_to_start_with_one_line_that_names_it(self):
        for service in SERVICES:
            done = self.run_with(service, lambda content: content["tls"].update(ca="/nowhere.pem"))
            self.check_refused(service, done, "tls.ca")
            done = self.run_with(service, lambda content: content["postgres"].pop("conninfo"))
            self.check_refused(service, done, "postgres.conninfo")

    def test_a_redis_that_is_described_by_halves_refuses_to_start(self):
        nodes = ["127.0.0.1:7000"]
        for redis, word in (
            ({"mode": "clustered"}, "redis.mode"),
            ({"mode": "cluster"}, "redis.addresses"),
            ({"mode": "cluster", "addresses": ["127.0.0.1"]}, "redis.addresses"),
            ({"mode": "cluster", "addresses": nodes, "sentinel_master": "x"}, "sentinel_master"),
            ({"mode": "sentinel", "addresses": nodes}, "redis.sentinel_master"),
            ({"mode": "single", "addresses": nodes}, "redis.addresses"),
        ):  # fmt: skip
            change = lambda content, redis=redis: content.update(redis=redis)
            self.check_refused("slot", self.run_with("slot", change, "--check-config"), word)
        good = {"mode": "sentinel", "addresses": nodes, "sentinel_master": "index"}
        done = self.run_with("slot", lambda content: content.update(redis=good), "--check-config")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_alipay_that_is_described_by_halves_refuses_to_start(self):
        names = self.floor.layout.read_json("config", "payment.json")["alipay"]
        for key, value, word in (
            ("seller_id", "", "alipay.seller_id"),
            ("notify_url", "", "alipay.notify_url"),
            ("private_key_file", "/nowhere.pem", "alipay.private_key_file"),
            ("private_key_file", names["public_key_file"], "alipay.private_key_file"),
            ("public_key_file", names["private_key_file"], "alipay.public_key_file"),
            ("url", 7, "alipay.url"),
        ):
            with self.subTest(word, value=value):
                change = lambda content, key=key, value=value: content["alipay"].update(
                    {key: value}
                )
                self.check_refused("payment", self.run_with("payment", change), word)

    def test_wechat_pay_described_by_halves_or_with_wrong_keys_refuses_to_start(self):
        section = self.floor.layout.read_json("config", "payment.json")["wechat_pay"]
        merchant_key, platform_keys = section["merchant_key_file"], section["platform_keys"]
        for name in ("mch_id", "merchant_serial", "merchant_key_file", "api_v3_key_file",
                     "platform_keys", "notify_url"):  # fmt: skip
            change = lambda content, name=name: content["wechat_pay"].pop(name)
            self.check_refused("payment", self.run_with("payment", change), f"wechat_pay.{name}")
        for name, wrong in (
            ("merchant_key_file", section["api_v3_key_file"]),
            ("api_v3_key_file", merchant_key),
            ("platform_keys", [merchant_key]),
            ("platform_keys", ["SERIAL=" + merchant_key]),
            ("platform_keys", platform_keys + platform_keys),
        ):
            change = lambda content, name=name, wrong=wrong: content["wechat_pay"].update(
                {name: wrong}
            )
            done = self.run_with("payment", change)
            self.check_refused("payment", done, f"wechat_pay.{name}")
            self.assertNotIn("PRIVATE", done.stderr)

    def test_check_config_tells_good_from_bad_without_starting(self):
        for service in SERVICES:
            good = self.run_with(service, lambda content: None, "--check-config")
            self.assertEqual(good.returncode, 0, f"{service}: {good.stderr}")
            bad = self.run_with(
                service, lambda content: content.update(surprise=1), "--check-config"
            )
            self.check_refused(service, bad, "surprise")


if __name__ == "__main__":
    unittest.main()
