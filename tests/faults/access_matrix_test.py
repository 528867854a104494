"""Every method of every service, asked by everybody, for what is theirs, another's and nobody's.

The methods and who may call them are read from the protos: a method that the tables here do not
know fails the test.
"""

import glob
import os
import unittest

from floor import ROOT, FaultCase, Person, Refusal, booked
from wire import Caller

ACCESS_FIELD = 50001  # houbu.type.v1.access
CLOSED = ("CALLER_NOT_ALLOWED", "SIGN_IN_REQUIRED", "ROLE_MISSING")
SERVICES = ("account", "slot", "waitlist", "payment", "notification")
# Whom a service tells: these are answered by others than the package's own service.
HEARERS = {
    "payment.v1.PaymentListenerService": ("slot", "waitlist"),
    "slot.v1.MatchListenerService": ("waitlist",),
    "slot.v1.CancellationListenerService": ("account",),
    "account.v1.ErasureBlockerService": ("slot", "waitlist", "payment"),
    "account.v1.ErasureListenerService": ("slot", "waitlist", "payment", "notification"),
}
# Answered by every service of a development stack, or by none but a benchmark's.
DEVELOPMENT = ("development.v1.",)
ROLES = {"support": "support-1", "reviewer": "reviewer-1", "finance": "finance-2",
         "admin": "admin-1"}  # fmt: skip
NOBODY = "nobody"
SAMPLE_CARD = "11010519491231002X"
_CNY = {"currency_code": "CNY", "minor_units": 100}
_DEPARTURE = "2027-01-02T03:04:05Z"
FARE = {"product": "PRODUCT_RAIL", "fare": _CNY, "tickets": 1, "departure_time": _DEPARTURE,
        "cancel_time": "2027-01-01T03:04:05Z"}  # fmt: skip
CHANGE = {"fare": _CNY, "new_fare": _CNY, "tickets": 1, "departure_time": _DEPARTURE,
          "new_departure_time": _DEPARTURE, "change_time": "2027-01-01T03:04:05Z"}  # fmt: skip

# What an account may ask, with the names of its own things in braces. Those that end something
# come last.
ASKS = {
    "account.v1.AccountService/GetAccount": {"name": "{account}"},
    "account.v1.AccountService/VerifyIdentity": {
        "name": "{account}", "passenger": "{passenger}", "face_token": "match"},
    "account.v1.PrivacyService/ExportData": {"name": "{account}"},
    "account.v1.ConsentService/GiveConsent": {
        "parent": "{account}", "purpose": "CONSENT_PURPOSE_HEALTH_DOCUMENTS",
        "text_version": "health-documents-2026-11", "channel": "APP"},
    "account.v1.ConsentService/ListConsents": {"parent": "{account}"},
    "account.v1.ConsentService/WithdrawConsent": {"name": "{account}/consents/cs-none"},
    "account.v1.PrivacyService/GetErasure": {"name": "{account}/erasure"},
    "account.v1.PrivacyService/CancelErasure": {"name": "{account}/erasure"},
    "account.v1.AttachmentService/GetAttachment": {"name": "{attachment}"},
    "account.v1.AttachmentService/ListAttachments": {"parent": "{account}"},
    "account.v1.AttachmentService/CreateDownloadLink": {"name": "{attachment}"},
    "account.v1.SessionService/RevokeSession": {"name": "{session}"},
    "account.v1.CredentialService/GetCredentials": {"name": "{account}/credentials"},
    "account.v1.CredentialService/ChangePassword": {
        "name": "{account}/credentials", "password": "a sentence nobody guesses"},
    "account.v1.CredentialService/EnrolTotp": {"name": "{account}/credentials"},
    "account.v1.CredentialService/ConfirmTotp": {
        "name": "{account}/credentials", "code": "000000"},
    "account.v1.CredentialService/RemoveTotp": {
        "name": "{account}/credentials", "second_factor": "000000"},
    "account.v1.CredentialService/RemovePassword": {"name": "{account}/credentials"},
    "account.v1.CredentialService/StartAddressChange": {
        "name": "{account}/credentials", "address": "matrix@example.com"},
    "account.v1.CredentialService/CompleteAddressChange": {
        "name": "{account}/addressChallenges/sc-none", "code": "000000"},
    "account.v1.GuardianService/ProposeGuardianship": {
        "parent": "{account}", "passenger": "{passenger}", "proof": "{attachment}"},
    "account.v1.GuardianService/ListGuardianships": {"parent": "{account}"},
    "account.v1.PassengerService/CreatePassenger": {
        "parent": "{account}", "full_name": "旅客丙", "type": "PASSENGER_TYPE_ADULT",
        "document_type": "DOCUMENT_TYPE_RESIDENT_ID", "document_number": SAMPLE_CARD},
    "account.v1.PassengerService/GetPassenger": {"name": "{passenger}"},
    "account.v1.PassengerService/ListPassengers": {"parent": "{account}"},
    "account.v1.PassengerService/UpdatePassenger": {
        "name": "{passenger}", "etag": "1", "full_name": "旅客丁", "type": "PASSENGER_TYPE_ADULT"},
    "account.v1.PassengerService/AddPassengerDocument": {
        "parent": "{passenger}", "document_type": "DOCUMENT_TYPE_PASSPORT",
        "document_number": "E12345678", "full_name": "LUKE, JIA", "country_code": "CN",
        "expire_date": {"year": 2036, "month": 1, "day": 1}},
    "account.v1.PassengerService/RemovePassengerDocument": {"name": "{document}"},
    "account.v1.ReadinessService/CheckTravelReadiness": {
        "account": "{account}", "passengers": ["{passenger}"], "destination": "US",
        "travel_date": {"year": 2027, "month": 1, "day": 1}},
    "account.v1.RestrictionService/ListRestrictions": {"parent": "{account}"},
    "account.v1.SessionService/ListSessions": {"parent": "{account}"},
    "account.v1.StatementService/IssueTravelStatement": {
        "account": "{account}", "passengers": ["{passenger}"], "purpose": "PURPOSE_BOOK"},
    "notification.v1.NotificationService/GetContact": {"name": "{account}/contact"},
    "notification.v1.NotificationService/UpdatePreferences": {"name": "{account}/contact"},
    "notification.v1.NotificationService/ListMessages": {"parent": "{account}"},
    "payment.v1.PaymentService/GetPayment": {"name": "{payment}"},
    "payment.v1.PaymentService/ListPayments": {"parent": "{account}"},
    "payment.v1.PaymentService/ListRefunds": {"parent": "{payment}"},
    "payment.v1.PaymentService/StartPayment": {"name": "{payment}", "channel": "CHANNEL_SANDBOX"},
    "payment.v1.PaymentService/QuoteRefund": {"name": "{payment}", "fare_facts": FARE},
    "payment.v1.PaymentService/QuoteChange": {"name": "{payment}", "change_facts": CHANGE},
    "slot.v1.BookingService/GetBooking": {"name": "{booking}"},
    "slot.v1.BookingService/ListBookings": {"parent": "{account}"},
    "slot.v1.BookingService/PreviewRebooking": {"name": "{booking}"},
    "slot.v1.BookingService/RebookBooking": {
        "name": "{booking}", "run": "{run}", "statement": "{statement}"},
    "slot.v1.BookingService/CancelBooking": {"name": "{booking}", "reason": "matrix (sample)"},
    "waitlist.v1.WaitlistService/GetOrder": {"name": "{order}"},
    "waitlist.v1.WaitlistService/ExplainOrder": {"name": "{order}"},
    "waitlist.v1.WaitlistService/ListOrders": {"parent": "{account}", "list": "ORDER_LIST_DONE"},
    "waitlist.v1.WaitlistService/TerminateOrder": {"name": "{order}"},
    "account.v1.GuardianService/EndGuardianship": {
        "name": "{account}/guardianships/gs-none", "reason": "matrix (sample)"},
    "account.v1.AttachmentService/DeleteAttachment": {"name": "{attachment}"},
    "account.v1.PassengerService/DeletePassenger": {"name": "{passenger}"},
    "account.v1.SessionService/RevokeAllSessions": {"parent": "{account}", "keep_current": True},
    "account.v1.PrivacyService/EraseAccount": {"name": "{account}"},
}  # fmt: skip
# Whose resource it is comes with a statement that is bound to its account, which tests of their own
# look at (ownership_test), or with the stream (attachments_test).
BOUND_OTHERWISE = (
    "slot.v1.BookingService/CreateBooking",
    "waitlist.v1.WaitlistService/CreateOrder",
    "account.v1.AttachmentService/UploadAttachment",
)
# These look for what is not there for anybody, whosever it is said to be.
NOBODYS = (
    "account.v1.CredentialService/CompleteAddressChange",
    "account.v1.GuardianService/EndGuardianship",
    "account.v1.ConsentService/WithdrawConsent",
)


class Method:
    """A method and who may call it, as its proto says."""

    def __init__(self, protos, descriptor):
        self.service = descriptor.containing_service.full_name.removeprefix("houbu.")
        self.path = f"{self.service}/{descriptor.name}"
        packed = [field.data for field in descriptor.GetOptions().UnknownFields()
                  if field.field_number == ACCESS_FIELD]  # fmt: skip
        self.access = protos.type("houbu.type.v1.Access").FromString(b"".join(packed))
        proto = descriptor.containing_service.file.serialized_pb
        self.streams = _streams(proto, descriptor)

    def hosts(self):
        """Who answers it."""
        return HEARERS.get(self.service, (self.service.split(".")[0],))

    def admits(self, kind, name=""):
        """Whether its proto lets a caller of a kind in."""
        access = self.access
        if getattr(access, "public"):
            return True
        if kind in ("anybody", "service"):
            return name in access.services
        if kind == "account":
            return access.account
        return access.operator and (not access.roles or name in access.roles)


def _streams(serialized, descriptor):
    from google.protobuf import descriptor_pb2

    file = descriptor_pb2.FileDescriptorProto.FromString(serialized)
    for service in file.service:
        if service.name == descriptor.containing_service.name:
            return any(m.client_streaming for m in service.method if m.name == descriptor.name)
    return False


def methods(protos):
    """All methods of all services, from the protos."""
    found = []
    for path in sorted(glob.glob(os.path.join(ROOT, "protos/houbu/**/*.proto"), recursive=True)):
        file = protos.file(os.path.relpath(path, os.path.join(ROOT, "protos")))
        for service in file.services_by_name.values():
            found += [Method(protos, method) for method in service.methods]
    return [method for method in found if not method.path.startswith(DEVELOPMENT)]


class AccessMatrix(FaultCase):
    """What is true of every method."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.services = cls.world.services
        cls.methods = methods(cls.services.protos)
        cls.owner = Person(cls.world, "matrix-owner", 2)
        cls.owner.verify()
        cls.stranger = Person(cls.world, "matrix-stranger")

    def reason(self, caller, method, host, fields):
        """The reason of a refusal with its code; ("OK", "") without."""
        try:
            if method.streams:
                caller.send(method.path, b"", 1, **fields)
            else:
                caller.call(method.path, at=host, **fields)
            return "OK", ""
        except Refusal as refusal:
            return refusal.code, refusal.reason

    def callers(self):
        """Everybody: (kind, the name its access goes by, a caller)."""
        yield "anybody", "gateway", self.services.as_anybody()
        yield "account", "", self.stranger._caller
        yield "operator", "", self.services.as_operator()
        for role, person in ROLES.items():
            if role != "admin":  # the first admins are the configuration's
                self.floor.appoint(person, "ROLE_" + role.upper())
            yield "operator", role, self.services.as_staff(person)
        for service in SERVICES:
            yield "service", service, Caller(self.services, service, ())

    def test_each_method_lets_in_whom_its_proto_names_and_nobody_else(self):
        # rules: R-17 R-09
        asked = 0
        for kind, name, caller in self.callers():
            for method in self.methods:
                for host in method.hosts():
                    code, reason = self.reason(caller, method, host, {})
                    with self.subTest(kind=kind, name=name, method=method.path, host=host):
                        self.assertNotEqual(code, "UNIMPLEMENTED")
                        if method.admits(kind, name):
                            self.assertNotIn(reason, CLOSED, code)
                        else:
                            self.assertIn(reason, CLOSED, code)
                    asked += 1
        self.assertGreater(asked, len(self.methods) * 8)

    def test_the_table_knows_every_method_of_an_account(self):
        # rules: R-17
        open_to_accounts = {method.path for method in self.methods if method.access.account}
        self.assertEqual(open_to_accounts, set(ASKS) | set(BOUND_OTHERWISE))

    def test_what_is_anothers_looks_as_what_is_not_there(self):
        # rules: R-02 R-17
        own = self.names_of_owner()
        statement = self.stranger.statement("PURPOSE_BOOK", 1)
        askers = self.stranger.account.split("/")[1]
        nobodys, lost = self.nobodys(own, NOBODY), self.nobodys(own, askers)
        for names in (own, nobodys, lost):
            names["statement"] = statement
        for path, template in ASKS.items():
            ask = lambda names: self.answer_to(self.stranger, path, template, names)
            others = ask(own)
            with self.subTest(path):
                expected = "UNAUTHENTICATED" if others[1] == "CODE_REFUSED" else "NOT_FOUND"
                self.assertEqual(others[0], expected, others)
                self.assertEqual(others, ask(nobodys))
                if lost_can_be(template):
                    self.assertEqual(others[0], ask(lost)[0])
        own["statement"] = self.owner.statement("PURPOSE_BOOK", 1)
        for path, template in ASKS.items():
            if path in NOBODYS:
                continue
            code, reason = self.answer_to(self.owner, path, template, own)
            with self.subTest(own=path):
                self.assertNotIn(code, ("NOT_FOUND", "PERMISSION_DENIED"), reason)
                if code == "UNAUTHENTICATED":
                    self.assertEqual(reason, "SECOND_FACTOR_REFUSED")

    def test_what_a_request_may_not_say_is_never_applied(self):
        # rules: R-17 W-01
        person, path = self.stranger, "houbu.account.v1.AccountService/VerifyIdentity"
        person.consent("CONSENT_PURPOSE_IDENTITY_VERIFICATION")
        claims = self.services.protos.type("houbu.account.v1.Account")(
            verification_state="VERIFICATION_STATE_VERIFIED", member=True, may_wait=True
        )
        request, answer = self.services.protos.method(path)
        asked = request(
            request_id="greedy", name=person.account, passenger=person.passengers[0],
            face_token="no-face",
        )  # fmt: skip
        greedy = asked.SerializeToString() + claims.SerializeToString()
        smuggled = (*person._caller._metadata, ("x-user-id", self.owner.account),
                    ("x-role", "admin"), ("houbu-client-address", "192.0.2.9"))  # fmt: skip
        stub = self.services.channel("gateway", "account").unary_unary(
            "/" + path, lambda raw: raw, answer.FromString
        )
        stub(greedy, timeout=20, metadata=smuggled)
        account = person.call("account.v1.AccountService/GetAccount", name=person.account)
        self.assertFalse(account.member or account.may_wait)
        self.assertEqual(state_of_check(account), "VERIFICATION_STATE_REJECTED")

    def answer_to(self, person, path, template, names):
        method = next(method for method in self.methods if method.path == path)
        return self.reason(person._caller, method, method.hosts()[0], filled(template, names))

    def names_of_owner(self):
        """One of everything the owner has."""
        owner, day = self.owner, self.floor.train_day()
        booking = booked(owner, owner.book(day.whole, 1))
        sessions = owner.call("account.v1.SessionService/ListSessions", parent=owner.account)
        # Another one than it asks with: that goes on to the end of the table.
        other = Person(self.world, "unused", 0)
        other.phone = owner.phone
        other.sign_in()
        newest = owner.call("account.v1.SessionService/ListSessions", parent=owner.account)
        session = next(s.name for s in newest.sessions if s.name not in
                       [old.name for old in sessions.sessions])  # fmt: skip
        passenger = owner.call("account.v1.PassengerService/GetPassenger", name=owner.passengers[1])
        attachment = owner._caller.send(
            "account.v1.AttachmentService/UploadAttachment", sample_pdf(), 4096,
            parent=owner.account, kind="ATTACHMENT_KIND_ITINERARY", size_bytes=len(sample_pdf()),
        )  # fmt: skip
        waiting = self.waiting_order(day)
        return {
            "account": owner.account, "passenger": passenger.name,
            "document": passenger.documents[0].name, "session": session,
            "attachment": attachment.name, "booking": booking.name, "payment": booking.payment,
            "order": waiting.name, "run": day.whole.run,
        }  # fmt: skip

    def waiting_order(self, day):
        from network import buy_out

        buy_out(self.world, day.whole, day.free - 1)
        return self.owner.wait_in_line([day.whole], 1)

    def nobodys(self, names, account):
        """Names like others that nothing has; those of an account are of that one."""
        return {key: _renamed(name, account) for key, name in names.items()}


def _renamed(name, account):
    parts = name.split("/")
    parts[-1] = parts[-1].split("-")[0] + "-" + NOBODY
    if parts[0] == "accounts":
        parts[1] = account if len(parts) > 2 and account != NOBODY else "ac-" + NOBODY
    return "/".join(parts)


def lost_can_be(template):
    """Whether a request names something in an account, which can be the asker's own and not be."""
    texts = [text for text in template.values() if isinstance(text, str)]
    return not any("{account}" in text for text in texts)


def state_of_check(account):
    return type(account).VerificationState.Name(account.verification_state)


def filled(template, names):
    """A request's fields with names in place of braces."""
    if isinstance(template, dict):
        return {key: filled(value, names) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, names) for value in template]
    if template == "{statement}":
        return names["statement"]
    return template.format(**names) if isinstance(template, str) else template


def sample_pdf():
    """The smallest PDF there is: one blank page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>"]  # fmt: skip
    out, table = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, content in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    end = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 4\n" + table + end


if __name__ == "__main__":
    unittest.main()
