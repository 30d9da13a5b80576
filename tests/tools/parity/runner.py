"""The base classes of runners. A runner starts a tool on an empty database, sends it one call at a
time, and stops everything it started."""

import base64
import contextlib
import http.client
import json
import pathlib
import tempfile

from .functions import BUILD_TIMEOUT
from .process import Process
from .response import Response


class ProcessStack(contextlib.ExitStack):
    """Stops its processes and removes its folders when it is closed."""

    def start(self, command, **options):
        process = Process(command, **options)
        self.callback(process.stop)
        return process

    def temporary_folder(self):
        return pathlib.Path(self.enter_context(tempfile.TemporaryDirectory()))


class Runner(ProcessStack):
    cookie = "__Host-session"
    # Whether each call takes so long that only the short scenario is run.
    slow = False
    # Headers that the tool adds to every response.
    extra_headers = frozenset()

    def __enter__(self):
        super().__enter__()
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def open(self):
        raise NotImplementedError

    def send(self, call):
        raise NotImplementedError

    def start(self, command, **options):
        self._latest = super().start(command, **options)
        return self._latest

    def log_tail(self):
        """The tool's last lines. The tool is the process started last."""
        return self._latest.log_tail()


class HttpRunner(Runner):
    port = None

    def send(self, call):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BUILD_TIMEOUT)
        with contextlib.closing(connection):
            connection.putrequest(call.method, call.target, skip_accept_encoding=True)
            for name, value in call.headers:
                connection.putheader(name, value)
            if call.body or call.method in ("POST", "PUT", "PATCH"):
                connection.putheader("content-length", str(len(call.body)))
            connection.endheaders(call.body)
            response = connection.getresponse()
            headers = response.getheaders()
            return Response(
                response.status,
                [(name, value) for name, value in headers if name.lower() != "set-cookie"],
                [value for name, value in headers if name.lower() == "set-cookie"],
                response.read(),
            )


class EventRunner(Runner):
    """Invokes a function with an event and reads its response as JSON."""

    # The environment of the functions, with the addresses as seen from this machine.
    env = None

    def invoke(self, function, event):
        raise NotImplementedError

    def send(self, call):
        output = self.invoke(call.function, json.dumps(call.event).encode())
        try:
            response = json.loads(output)
            body = response.get("body") or ""
            return Response(
                response["statusCode"],
                list(response.get("headers", {}).items()),
                response.get("cookies", []),
                base64.b64decode(body) if response.get("isBase64Encoded") else body.encode(),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return Response("no response", [], [], output)
