"""Asking the same again: what the tests of repeated request_ids are made of."""

import uuid

import grpc
from google.protobuf import json_format

from floor import FaultCase, Person


class Asker:
    """Asks as somebody and gives the bytes of the answer."""

    def __init__(self, world, client, metadata=()):
        self._services, self._client, self._metadata = world.services, client, metadata

    def ask(self, method, fields, at=None):
        path = "houbu." + method
        request_class, answer_class = self._services.protos.method(path)
        request = json_format.ParseDict(fields, request_class())
        stub = self._services.channel(self._client, at or path.split(".")[1]).unary_unary(
            "/" + path, request_class.SerializeToString, lambda answer: answer
        )
        answer = stub(request, timeout=20, metadata=self._metadata)
        return answer, answer_class.FromString(answer)


class OpenPerson(Person):
    """A person whose calls may be asked with another's hands."""

    def asker(self):
        return Asker(self.world, "gateway", self._caller._metadata)


class RepeatCase(FaultCase):
    """A test that asks twice."""

    def setUp(self):
        self.person = OpenPerson(self.world, "repeater", 2)

    def twice(self, method, fields, other, asker=None, at=None):
        """Asks twice under one request_id, then with `other` content; gives the answer."""
        fields = {"request_id": uuid.uuid4().hex, **fields}
        asker = asker or self.person.asker()
        first, answer = asker.ask(method, fields, at)
        again, _ = asker.ask(method, fields, at)
        self.assertEqual(first, again, f"{method}: the bytes differ")
        refusal = self.refusal_of(asker, method, {**fields, **other}, at)
        self.assertEqual((refusal.code, refusal.reason), ("INVALID_ARGUMENT", "REQUEST_ID_REUSED"),
                         f"{method}: {refusal}")  # fmt: skip
        third, _ = asker.ask(method, fields, at)
        self.assertEqual(first, third, f"{method}: the bytes differ after a refusal")
        return answer

    def refusal_of(self, asker, method, fields, at=None):
        with self.assertRaises(grpc.RpcError, msg=method) as caught:
            asker.ask(method, fields, at)
        return self.world.services.protos.refusal(caught.exception)
