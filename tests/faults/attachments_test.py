"""Attachments in a running stack: sent over gRPC, kept sealed, reviewed, had back by a link."""

import glob
import os
import struct
import time
import unittest
import urllib.error
import urllib.request
import zlib

from floor import FaultCase, Person, Refusal
from world import wait_for

LIMIT = 5 << 20
PIECE = 200_000
SERVICE = "account.v1.AttachmentService/"
SECRET = b"52.3702N 4.8952E"


def chunk(kind, body):
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)


def png(width, height, before=b"", pixels=True):
    """A PNG of random-looking pixels, with more chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    row = lambda y: b"\0" + bytes((x * 7 + y * 13) % 251 for x in range(3 * width))
    rows = b"".join(row(y) for y in range(height)) if pixels else b""
    parts = chunk(b"IHDR", header), before, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pdf(catalogue=b"", trailer=b"", pages=1):
    """A PDF of blank pages, with more in its catalogue and its trailer."""
    kids = b" ".join(b"%d 0 R" % (3 + i) for i in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
    ] + [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>"] * pages
    out, table = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, content in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    return out + b"xref\n0 %d\n" % size + table + end % (size, trailer, len(out))


class Attachments(FaultCase):
    """What is true of attachments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner, cls.stranger = Person(cls.world, "attacher"), Person(cls.world, "stranger")
        cls.staff = cls.floor.appoint("reviewer-1", "ROLE_REVIEWER")

    def attach(self, content, person=None, kind="PASSPORT_SCAN", **fields):
        person = person or self.owner
        fields.setdefault("size_bytes", len(content))
        return person._caller.send(
            SERVICE + "UploadAttachment", content, PIECE, parent=person.account,
            kind="ATTACHMENT_KIND_" + kind, **fields,
        )  # fmt: skip

    def call(self, method, **fields):
        return self.owner._caller.call(SERVICE + method, **fields)

    def download(self, uri):
        """Status, headers and body of what a link leads to."""
        try:
            with urllib.request.urlopen(uri, timeout=20) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def refusal(self, *arguments, **fields):
        with self.assertRaises(Refusal) as caught:
            self.attach(*arguments, **fields)
        return caught.exception.reason

    def test_a_file_comes_back_clean_and_lies_sealed(self):
        # rules: R-08 R-09 R-17
        secret = chunk(b"tEXt", b"Location\0" + SECRET)
        sent = self.attach(
            png(300, 200, secret) + b"PK\x03\x04" + SECRET, file_name="../../护照\u202egnp.exe"
        )
        self.assertEqual(sent.width, 300)
        shown = self.call("GetAttachment", name=sent.name)
        self.assertEqual(shown.file_name, "护照gnp.png")
        self.assertEqual(sent.file_name, "")
        for path in glob.glob(self.floor.layout.path("attachments") + "/**/*", recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    content = file.read()
                self.assertNotIn(SECRET, content)
                self.assertNotIn(b"IHDR", content)
        uri = self.call("CreateDownloadLink", name=sent.name).uri
        status, headers, body = self.download(uri)
        self.assertEqual(status, 200)
        self.assertTrue(body.startswith(b"\x89PNG"))
        self.assertNotIn(SECRET, body)
        self.assertTrue(headers["Content-Disposition"].startswith("attachment;"))
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("sandbox", headers["Content-Security-Policy"])
        self.assertIn("no-store", headers["Cache-Control"])
        nothing = self.download(uri.rsplit("/", 1)[0] + "/nothing")
        self.assertEqual(nothing[0], 404)
        flipped = "0" if uri[-1] != "0" else "1"
        for wrong in (uri + "/x.css", uri + ";x.css", uri + "?x.css", uri[:-1] + flipped):
            status, headers, body = self.download(wrong)
            self.assertEqual((status, body), (404, nothing[2]), wrong)
            self.assertIn("no-store", headers["Cache-Control"])

    def test_staff_review_what_was_sent(self):
        # rules: R-09
        sent = self.attach(png(31, 20), kind="VISA")
        listed = self.staff.call(
            SERVICE + "ListAttachmentsForReview", kind="ATTACHMENT_KIND_VISA", page_size=200
        )
        self.assertIn(sent.name, [attachment.name for attachment in listed.attachments])
        uri = self.staff.call(SERVICE + "CreateDownloadLink", name=sent.name).uri
        self.assertEqual(self.download(uri)[0], 200)
        decide = {"name": sent.name, "etag": sent.etag, "decision": "DECISION_REJECT",
                  "reason": "The visa is of another year: send the one that holds."}  # fmt: skip
        rejected = self.staff.call(SERVICE + "ReviewAttachment", **decide)
        self.assertEqual(rejected.reject_reason, decide["reason"])
        acts = self.floor.rows(
            "account", f"SELECT act FROM audit_entries WHERE subject = '{sent.name}'"
            " ORDER BY position"
        )  # fmt: skip
        self.assertEqual(acts, ["ATTACHMENT_OPENED", "ATTACHMENT_REJECTED"])
        others = {
            "CALLER_NOT_ALLOWED": self.owner._caller,
            "ROLE_MISSING": self.floor.services.as_staff("support-1"),
        }
        for reason, caller in others.items():
            with self.assertRaises(Refusal) as caught:
                caller.call(SERVICE + "ReviewAttachment", **decide)
            self.assertEqual(caught.exception.reason, reason)

    def test_what_is_no_document_is_refused(self):
        # rules: R-08
        named = b"/Names << /EmbeddedFiles << /Names [] >> >>"
        script = b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"
        launch = b"/OpenAction << /S /Launch /F (cmd.exe) >>"
        small = png(9, 9)
        rows = {
            "ATTACHMENT_EMPTY": b"",
            "ATTACHMENT_TOO_LARGE": small + b"\0" * (LIMIT + 1 - len(small)),
            "ATTACHMENT_TYPE_UNKNOWN": b"GIF89a" + small,
            "ATTACHMENT_DAMAGED": small[:-20],
            "ATTACHMENT_ANIMATED": png(9, 9, chunk(b"acTL", struct.pack(">II", 2, 0))),
            "ATTACHMENT_TOO_MANY_PIXELS": png(50_000, 50_000, pixels=False),
            "ATTACHMENT_TOO_MANY_PAGES": pdf(pages=51),
            "ATTACHMENT_HAS_ACTIONS": pdf(script),
            "ATTACHMENT_EMBEDS_FILES": pdf(named),
            "ATTACHMENT_XFA_FORM": pdf(b"/AcroForm << /XFA [] >>"),
        }
        for reason, content in rows.items():
            self.assertEqual(self.refusal(content), reason)
        self.assertEqual(self.refusal(pdf(launch)), "ATTACHMENT_HAS_ACTIONS")
        self.assertEqual(self.refusal(small, size_bytes=len(small) + 1), "ATTACHMENT_INCOMPLETE")
        self.assertEqual(self.refusal(small, sha256="0" * 64), "ATTACHMENT_INCOMPLETE")
        exact = small + b"\0" * (LIMIT - len(small))
        self.assertEqual(self.attach(exact).width, 9)
        self.assertEqual(self.attach(pdf(pages=50)).page_count, 50)

    def test_anothers_attachments_are_not_there(self):
        # rules: R-08
        sent = self.attach(png(17, 17), person=self.stranger)
        for method in ("GetAttachment", "DeleteAttachment", "CreateDownloadLink"):
            with self.assertRaises(Refusal) as caught:
                self.call(method, name=sent.name)
            self.assertEqual(caught.exception.reason, "ATTACHMENT_NOT_FOUND", method)
        with self.assertRaises(Refusal) as caught:
            self.owner._caller.send(
                SERVICE + "UploadAttachment", png(9, 9), PIECE, parent=self.stranger.account,
                kind="ATTACHMENT_KIND_VISA", size_bytes=len(png(9, 9)),
            )  # fmt: skip
        self.assertEqual(caught.exception.reason, "ACCOUNT_NOT_FOUND")

    def test_an_upload_that_outlives_its_service_is_sent_again(self):
        # rules: R-08 X-01
        content, request_id = png(400, 400), f"again-{time.time_ns()}"
        self.floor.kill("account")
        self.floor.start("account")
        again = lambda: self._try(content, request_id)
        first = wait_for("the upload is taken", again)
        self.assertEqual(self.attach(content, request_id=request_id), first)
        listed = self.call("ListAttachments", parent=self.owner.account, page_size=200)
        self.assertEqual([a.name for a in listed.attachments].count(first.name), 1)

    def _try(self, content, request_id):
        try:
            return self.attach(content, request_id=request_id)
        except Refusal as refusal:
            if refusal.code != "UNAVAILABLE":
                raise
            return None


if __name__ == "__main__":
    unittest.main()
