"""The runners: each starts the functions under one tool on an empty database, sends one call at a
time, and stops every process that it started."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import platform
import secrets
import subprocess
import tempfile

from .answer import Answer
from .container_network import database_for_containers
from .call import ROOT
from .process import Process, free_port
from .scenario import LISTED_ORIGIN

# In seconds. The first call may wait for a compiler.
BUILD_TIMEOUT = 900

FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir() if path.is_dir())
ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
TEMPLATE = ROOT / ".aws-sam/build/template.yaml"


class Runner(contextlib.ExitStack):
    cookie = "__Host-session"
    # A slow runner gets the short scenario.
    slow = False
    # Headers that the tool adds to every answer.
    added_headers = frozenset()

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

    def start(self, command, **more):
        process = self.process = Process(command, **more)
        self.callback(process.stop)
        return process

    def recent_output(self):
        """The last output of the tool, which is started after the database."""
        return self.process.recent_output()

    def folder(self):
        return pathlib.Path(self.enter_context(tempfile.TemporaryDirectory()))

    def settings(self):
        """Starts an empty database, and returns the environment of the functions."""
        database = self.start(
            ["cargo", "dev", "--", "--memory", "--database-port", "0", "database"]
        )
        database.wait_for_line("Ctrl-C ends it", BUILD_TIMEOUT)
        return {
            **dict(
                line.split()[1].split("=", 1)
                for line in database.lines
                if line.startswith("  export ") and "$(" not in line
            ),
            "BETTER_AUTH_SECRET": secrets.token_hex(32),
            "ALLOWED_ORIGINS": LISTED_ORIGIN,
        }


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
            answer = connection.getresponse()
            headers = answer.getheaders()
            return Answer(
                answer.status,
                [(name, value) for name, value in headers if name.lower() != "set-cookie"],
                [value for name, value in headers if name.lower() == "set-cookie"],
                answer.read(),
            )


class Dev(HttpRunner):
    """`cargo dev`."""

    cookie = "session"
    added_headers = frozenset({"apigw-requestid"})

    def open(self):
        command = ["cargo", "dev", "--", "--memory", "--port", "0", "--database-port", "0"]
        server = self.start(command, env={"ALLOWED_ORIGINS": LISTED_ORIGIN})
        server.wait_for_line("Ctrl-C ends it", BUILD_TIMEOUT)
        url = server.wait_for_line("Latchkey listens on ", 0)
        self.port = int(url.rsplit(":", 1)[1])


class Watch(HttpRunner):
    """`cargo lambda watch`."""

    def open(self):
        self.port = free_port()
        command = ["cargo", "lambda", "watch", "--ignore-changes", "--disable-cors"]
        command += ["--invoke-address", "127.0.0.1", "--invoke-port", str(self.port)]
        watch = self.start(command, env=self.settings())
        watch.wait_for_port(self.port, BUILD_TIMEOUT)


class EventRunner(Runner):
    """A runner that takes an event as JSON and returns the function's answer."""

    def invoke(self, function, event):
        raise NotImplementedError

    def send(self, call):
        output = self.invoke(call.function, json.dumps(call.event).encode())
        try:
            answer = json.loads(output)
            body = answer.get("body") or ""
            return Answer(
                answer["statusCode"],
                list(answer.get("headers", {}).items()),
                answer.get("cookies", []),
                base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode(),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return Answer("no answer", [], [], output)


class Emulator(EventRunner):
    """Each built `bootstrap` under the runtime interface emulator of SAM CLI."""

    def open(self):
        settings = self.settings()
        self._ports = {}
        for function in FUNCTIONS:
            self._ports[function], process = start_emulator(self, function, settings)

    def invoke(self, function, event):
        return invoke_emulator(self._ports[function], event)


def start_emulator(runner, function, settings):
    """Starts one function. Returns its port and its process."""
    samcli = subprocess.run(
        [sam_python(), "-c", "import samcli; print(samcli.__path__[0])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()
    emulator = pathlib.Path(samcli, "local/rapid", f"aws-lambda-rie-{ARCHITECTURE}")
    port = free_port()
    process = runner.start(
        [
            str(emulator),
            "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
            "--runtime-api-address", f"127.0.0.1:{free_port()}",
            "./bootstrap",
        ],
        env=settings,
        cwd=ROOT / "target/lambda" / function,
    )
    process.wait_for_port(port, 30)
    return port, process


def invoke_emulator(port, event):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", "/2015-03-31/functions/function/invocations", event)
        return connection.getresponse().read()


def sam_python():
    """The Python interpreter in the first line of the `sam` script."""
    sam = subprocess.run(["which", "sam"], check=True, capture_output=True, text=True).stdout.strip()
    return pathlib.Path(sam).read_text(encoding="utf-8").splitlines()[0][2:]


class SamLocal(Runner):
    """Common to the `sam local` runners: a file of settings, and a database that is reachable from
    containers."""

    def sam(self, settings):
        """`(options, environment)` of a `sam local` command."""
        if not TEMPLATE.exists():
            raise SystemExit("no build found: run `sam build` first")
        settings = dict(settings)
        database = settings["AWS_ENDPOINT_URL_DYNAMODB"]
        settings["AWS_ENDPOINT_URL_DYNAMODB"] = database_for_containers(self, database)
        region = settings.pop("AWS_REGION")
        environment = {
            "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": settings.pop("AWS_ACCESS_KEY_ID"),
            "AWS_SECRET_ACCESS_KEY": settings.pop("AWS_SECRET_ACCESS_KEY"),
            "SAM_CLI_TELEMETRY": "0",
        }
        variables = self.folder() / "variables.json"
        variables.write_text(json.dumps({"Parameters": settings}), encoding="utf-8")
        options = ["--template", str(TEMPLATE), "--env-vars", str(variables)]
        options += ["--parameter-overrides", f"Architecture={ARCHITECTURE}"]
        if os.environ.get("SAM_SKIP_PULL"):
            options.append("--skip-pull-image")
        return options, environment


class Invoke(SamLocal, EventRunner):
    """`sam local invoke`: a container for each call."""

    slow = True

    def open(self):
        self._options, self._environment = self.sam(self.settings())
        self._event = self.folder() / "event.json"

    def invoke(self, function, event):
        self._event.write_bytes(event)
        logical_id = f"{function.capitalize()}Function"
        ended = subprocess.run(
            ["sam", "local", "invoke", logical_id, "-e", str(self._event), *self._options],
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )
        # It exits with 0 even if the function failed. The answer shows the failure.
        return ended.stdout.strip() or ended.stderr


class Api(SamLocal, HttpRunner):
    """`sam local start-api`."""

    def open(self):
        options, environment = self.sam(self.settings())
        self.port = free_port()
        command = ["sam", "local", "start-api", "--host", "127.0.0.1", "--port", str(self.port)]
        api = self.start([*command, "--warm-containers", "LAZY", *options], env=environment)
        api.wait_for_port(self.port, 120)


RUNNERS = {"dev": Dev, "watch": Watch, "emulator": Emulator, "invoke": Invoke, "api": Api}
