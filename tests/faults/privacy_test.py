"""One's own data: all of it for its owner, and only just after a sign-in."""

import io
import json
import unittest
import zipfile

from floor import FaultCase, Person
from people import sample_id_number

EXPORT = "account.v1.PrivacyService/ExportData"
MORE_THAN_RECENT = 11 * 60


class Privacy(FaultCase):
    """What is true of exports."""

    def export(self, person):
        answer = person.call(EXPORT, name=person.account)
        self.assertEqual(answer.content_type, "application/zip")
        with zipfile.ZipFile(io.BytesIO(answer.archive)) as archive:
            self.assertIsNone(archive.testzip())
            return {name: json.loads(archive.read(name)) for name in archive.namelist()}

    def test_an_export_holds_what_was_given_and_is_on_record(self):
        # rules: R-17
        person, card = Person(self.world, "exporter", 1), sample_id_number()
        person.call(
            "account.v1.PassengerService/CreatePassenger", parent=person.account,
            full_name="旅客𠮷", type="PASSENGER_TYPE_ADULT",
            document_type="DOCUMENT_TYPE_RESIDENT_ID", document_number=card,
        )  # fmt: skip
        files = self.export(person)
        self.assertEqual(
            sorted(files),
            ["account.json", "attachments.json", "consents.json", "guardianships.json",
             "passengers.json", "restrictions.json", "sessions.json"],
        )  # fmt: skip
        self.assertEqual(files["account.json"]["phone"], person.phone)
        added = files["passengers.json"][-1]
        self.assertEqual(added["fullName"], "旅客𠮷")
        self.assertEqual(added["documents"][0]["number"], card)
        self.assertTrue(files["sessions.json"])
        acts = self.floor.rows(
            "account", f"SELECT act FROM audit_entries WHERE subject = '{person.account}'"
        )
        self.assertIn("DATA_EXPORTED", acts)

    def test_an_export_takes_a_recent_sign_in(self):
        # rules: R-17
        person = Person(self.world, "idler", 0)
        self.world.advance(MORE_THAN_RECENT)
        ask = lambda: person._caller.call(EXPORT, name=person.account)
        self.refused("FAILED_PRECONDITION", "RECENT_SIGN_IN_REQUIRED", ask)
        person.sign_in()
        self.assertEqual(self.export(person)["account.json"]["name"], person.account)


if __name__ == "__main__":
    unittest.main()
