"""Calls the services as a client would: gRPC over mTLS, messages built from the protos at run time.

    services = Services.of_stack(".state/stack.json")
    account = services.as_account(token)
    booking = account.call("slot.v1.BookingService/CreateBooking", run="runs/...", ...)

Requests are keyword arguments shaped like the message's JSON; answers are protobuf messages. A
mutation gets a fresh request_id unless it is given one.
"""

import glob
import itertools
import json
import os
import subprocess
import uuid

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CALL_SECONDS = 20
# Who was away is found again soon; by default gRPC lets half a minute pass.
RECONNECT = (("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1000),
             ("grpc.min_reconnect_backoff_ms", 5000))  # fmt: skip


class Refusal(Exception):
    """An answer other than OK: its code, its reason and what came with it."""

    def __init__(self, code, reason, message, metadata, fields):
        super().__init__(f"{code} {reason}: {message} {metadata or ''} {fields or ''}".strip())
        self.code = code
        self.reason = reason
        self.metadata = metadata
        self.fields = fields


class Protos:
    """Every message and method of the protos."""

    def __init__(self):
        files = sorted(glob.glob(os.path.join(ROOT, "protos/**/*.proto"), recursive=True))
        command = ["protoc", "-I", os.path.join(ROOT, "protos"), "--include_imports",
                   "--descriptor_set_out=/dev/stdout", *files]  # fmt: skip
        described = subprocess.run(command, capture_output=True, check=True).stdout
        self._pool = descriptor_pool.DescriptorPool()
        self._factory = message_factory.MessageFactory(self._pool)
        for file in descriptor_pb2.FileDescriptorSet.FromString(described).file:
            self._pool.Add(file)

    def type(self, name):
        """The class of a message by its full name."""
        return self._factory.GetPrototype(self._pool.FindMessageTypeByName(name))

    def file(self, name):
        """The descriptor of a proto file."""
        return self._pool.FindFileByName(name)

    def method(self, path):
        """(request class, answer class) of "houbu.slot.v1.BookingService/CreateBooking"."""
        service, name = path.split("/")
        method = self._pool.FindServiceByName(service).methods_by_name[name]
        classes = method.input_type, method.output_type
        return tuple(self._factory.GetPrototype(descriptor) for descriptor in classes)

    def refusal(self, error):
        """A gRPC error as a Refusal, its google.rpc details read."""
        reason, metadata, fields = "", {}, {}
        details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
        if details:
            status = self.type("google.rpc.Status").FromString(details)
            for packed in status.details:
                kind = packed.type_url.rsplit("/", 1)[-1]
                detail = self.type(kind).FromString(packed.value)
                if kind == "google.rpc.ErrorInfo":
                    reason, metadata = detail.reason, dict(detail.metadata)
                elif kind == "google.rpc.BadRequest":
                    fields = {v.field: v.description for v in detail.field_violations}
        return Refusal(error.code().name, reason, error.details(), metadata, fields)


class Services:
    """The services of a running stack."""

    def __init__(self, stack, protos):
        self.stack = stack
        self.protos = protos
        self._channels = {}

    @classmethod
    def of_stack(cls, path):
        """Opens the stack that tools/dev described in a stack.json."""
        with open(path, encoding="utf-8") as file:
            return cls(json.load(file), Protos())

    def as_anybody(self):
        """A caller who has not signed in."""
        return Caller(self, "gateway", ())

    def as_account(self, access_token):
        """A signed-in account."""
        return Caller(self, "gateway", (("authorization", f"Bearer {access_token}"),))

    def as_operator(self):
        """An operator, by certificate."""
        return Caller(self, "operator", ())

    def as_staff(self, person):
        """An operator whose certificate names the person."""
        return Caller(self, f"operators/{person}", ())

    def channel(self, client, service):
        """The channel of a client's certificate to a service; made once."""
        key = client, service
        if key not in self._channels:
            files = self.stack["clients"][client]
            credentials = grpc.ssl_channel_credentials(
                _read(self.stack["ca"]), _read(files["key"]), _read(files["certificate"])
            )
            address = self.stack["services"][service]["grpc"]
            self._channels[key] = grpc.secure_channel(address, credentials, RECONNECT)
        return self._channels[key]

    def close(self):
        for channel in self._channels.values():
            channel.close()


class Caller:
    """Somebody who calls: a certificate and what is sent with every call."""

    def __init__(self, services, client, metadata):
        self._services = services
        self._client = client
        self._metadata = metadata

    def call(self, method, at=None, **fields):
        """Calls "slot.v1.BookingService/CreateBooking" (at another service than the package's name
        with `at`); raises Refusal unless it answers OK."""
        path = "houbu." + method
        service = at or path.split(".")[1]
        request_class, answer_class = self._services.protos.method(path)
        if "request_id" in request_class.DESCRIPTOR.fields_by_name:
            fields.setdefault("request_id", uuid.uuid4().hex)
        request = json_format.ParseDict(fields, request_class())
        stub = self._services.channel(self._client, service).unary_unary(
            "/" + path, request_class.SerializeToString, answer_class.FromString
        )
        return self._ask(stub, request)

    def send(self, method, content, piece, **fields):
        """Calls a method that takes a stream: the fields in its first message, the bytes of
        `content` in the `chunk` of all, so many in each."""
        path = "houbu." + method
        request_class, answer_class = self._services.protos.method(path)
        fields.setdefault("request_id", uuid.uuid4().hex)
        first = json_format.ParseDict(fields, request_class())
        first.chunk = content[:piece]
        rest = range(piece, len(content), piece)
        pieces = (request_class(chunk=content[at : at + piece]) for at in rest)
        stub = self._services.channel(self._client, path.split(".")[1]).stream_unary(
            "/" + path, request_class.SerializeToString, answer_class.FromString
        )
        return self._ask(stub, itertools.chain([first], pieces))

    def _ask(self, stub, request):
        try:
            return stub(request, timeout=CALL_SECONDS, metadata=self._metadata)
        except grpc.RpcError as error:
            raise self._services.protos.refusal(error) from None


def _read(path):
    with open(path, "rb") as file:
        return file.read()
