"""Whoever steals the databases, the index, the logs and the files of a stack learns no number,
code, password or token."""

import glob
import os
import re
import secrets
import subprocess
import unittest

from floor import SERVICES, FaultCase, Person, booked
from people import sample_id_number
from world import wait_for

PG_DUMP = "/usr/lib/postgresql/15/bin/pg_dump"
PASSWORD = "a sentence that nobody else has"
PASSPORT = "E" + str(secrets.randbelow(9 * 10**7) + 10**7)
NAME = "旅客" + "甲乙丙"[secrets.randbelow(3)] + "某"


class Dump(FaultCase):
    """What is true of what a stack leaves behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = Person(cls.world, "private", 1)
        cls.secrets = {"phone": cls.person.phone.removeprefix("+86"), "name": NAME}
        cls.sign_in_in_every_way()
        cls.name_passengers()
        cls.travel()

    @classmethod
    def sign_in_in_every_way(cls):
        person, anybody = cls.person, cls.world.services.as_anybody()
        credentials = person.account + "/credentials"
        person.call("account.v1.CredentialService/ChangePassword", name=credentials,
                    password=PASSWORD)  # fmt: skip
        totp = person.call("account.v1.CredentialService/EnrolTotp", name=credentials)
        device = secrets.token_hex(20)
        session = anybody.call(
            "account.v1.SignInService/SignInWithPassword", identifier=person.phone,
            password=PASSWORD, device={"key": device, "display_name": "sample phone"},
        )  # fmt: skip
        path = "/_state?to=" + person.phone.replace("+", "%2B")
        texts = [message["text"] for message in cls.world.sms.get(path)["messages"]]
        codes = re.findall(r"验证码为 (\d{6})", " ".join(texts))
        cls.secrets |= {
            "password": PASSWORD, "second factor": totp.secret, "device": device,
            "access token": session.access_token.split(".")[2],
            "refresh token": session.refresh_token.split(".")[1],
            "the text of a code": f"验证码为 {codes[-1]}",
        }  # fmt: skip

    @classmethod
    def name_passengers(cls):
        card = sample_id_number()
        cls.person.call(
            "account.v1.PassengerService/CreatePassenger", parent=cls.person.account,
            full_name=NAME, type="PASSENGER_TYPE_ADULT",
            document_type="DOCUMENT_TYPE_RESIDENT_ID", document_number=card,
        )  # fmt: skip
        cls.person.call(
            "account.v1.PassengerService/CreatePassenger", parent=cls.person.account,
            full_name="LUKE, YIMOU", type="PASSENGER_TYPE_ADULT", country_code="CN",
            document_type="DOCUMENT_TYPE_PASSPORT", document_number=PASSPORT,
            expire_date={"year": 2036, "month": 5, "day": 4}, birth_date={"year": 1980, "month": 1,
                                                                         "day": 2},
        )  # fmt: skip
        cls.secrets |= {"resident ID": card, "passport": PASSPORT, "Latin name": "LUKE, YIMOU"}

    @classmethod
    def travel(cls):
        cls.person.verify()
        day = cls.floor.roomy_day()
        booking = booked(cls.person, cls.person.book(day.whole, 1))
        cls.person.cancel(booking.name, "sample")
        cls.person.choose_channels("CHANNEL_SMS", "CHANNEL_EMAIL")
        cls.secrets["e-mail"] = cls.person.email
        wait_for("the books", lambda: cls.person.payment(booking.payment))

    def assert_silent(self, where, content):
        """Neither as it is nor in hex, as a dump writes bytes."""
        for what, secret in self.secrets.items():
            plain = secret.encode()
            for form in (plain, plain.hex().encode()):
                self.assertFalse(form in content, f"{where} shows the {what}")

    def test_the_databases_show_nothing(self):
        # rules: R-17
        for service in SERVICES:
            dumped = subprocess.run(
                [PG_DUMP, "--dbname", self.floor.layout.conninfo(f"houbu_{service}")],
                capture_output=True, timeout=300, check=True,
            ).stdout  # fmt: skip
            self.assertIn(b"PostgreSQL database dump complete", dumped)
            if service in ("account", "slot", "notification"):  # a dump of what was done
                self.assertIn(self.person.account.split("/")[1].encode(), dumped)
            self.assert_silent(f"the database of {service}", dumped)

    def test_the_write_ahead_log_shows_nothing(self):
        # rules: R-17
        segments = glob.glob(os.path.join(self.floor.stack.postgres.data_folder(), "pg_wal", "0*"))
        named = False
        for path in segments:
            with open(path, "rb") as file:
                content = file.read()
            named = named or self.person.account.split("/")[1].encode() in content
            self.assert_silent(path, content)
        self.assertTrue(named)  # what was done stands there, sealed

    def test_no_service_leaves_a_core_file(self):
        # rules: R-17
        for service in SERVICES:
            pid = self.floor.stack.processes.record(service)["pid"]
            with open(f"/proc/{pid}/limits", encoding="utf-8") as file:
                bounds = [line for line in file if line.startswith("Max core file size")]
            self.assertEqual(bounds[0].split()[4:6], ["0", "0"], service)

    def test_the_index_shows_nothing(self):
        # rules: R-17
        port = str(self.floor.layout.port("redis"))
        path = os.path.join(self.floor.layout.folder("dump"), "index.rdb")
        redis = ["redis-cli", "-p", port]
        subprocess.run(redis + ["config", "set", "rdbcompression", "no"], check=True,
                       capture_output=True)  # fmt: skip
        subprocess.run(redis + ["--rdb", path], check=True, capture_output=True, timeout=120)
        with open(path, "rb") as file:
            content = file.read()
        self.assertGreater(len(content), 10_000)
        self.assert_silent("Redis", content)

    def test_logs_and_files_show_nothing(self):
        # rules: R-17
        seen = 0
        for service in SERVICES:
            for path in glob.glob(self.floor.layout.log(service) + "*"):
                with open(path, "rb") as file:
                    content = file.read()
                seen += len(content)
                self.assert_silent(f"the log of {service}", content)
        self.assertGreater(seen, 10_000)
        for path in glob.glob(self.floor.layout.path("attachments") + "/**/*", recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    self.assert_silent(path, file.read())


if __name__ == "__main__":
    unittest.main()
