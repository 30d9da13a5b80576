"""The doors to the functions: each is opened on a fresh database, asked one call at a time, and
closed with everything that it started."""

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
from .bridge import database_for_containers
from .call import ROOT
from .process import Process, free_port
from .visit import LISTED_ORIGIN

# A first call may have to wait for a compiler.
PATIENCE = 900

FUNCTIONS = sorted(path.name for path in (ROOT / "functions").iterdir() if path.is_dir())
ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
TEMPLATE = ROOT / ".aws-sam/build/template.yaml"


class Door(contextlib.ExitStack):
    cookie = "__Host-session"
    # Whether it is asked only a part of a visit.
    slow = False
    # What the tool adds to every answer.
    own_headers = frozenset()

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

    def ask(self, call):
        raise NotImplementedError

    def start(self, command, **more):
        process = self.process = Process(command, **more)
        self.callback(process.stop)
        return process

    def last_words(self):
        """Of the tool itself, which is started last."""
        return self.process.last_words()

    def folder(self):
        return pathlib.Path(self.enter_context(tempfile.TemporaryDirectory()))

    def settings(self):
        """The environment of the functions, with a database of their own."""
        database = self.start(
            ["cargo", "dev", "--", "--memory", "--database-port", "0", "database"]
        )
        database.wait_for_line("Ctrl-C ends it", PATIENCE)
        said = "\n".join(database.lines)
        return {
            **dict(
                line.split()[1].split("=", 1)
                for line in said.splitlines()
                if line.startswith("  export ") and "$(" not in line
            ),
            "BETTER_AUTH_SECRET": secrets.token_hex(32),
            "ALLOWED_ORIGINS": LISTED_ORIGIN,
        }


class HttpDoor(Door):
    port = None

    def ask(self, call):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
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


class Dev(HttpDoor):
    """`cargo dev`."""

    cookie = "session"
    own_headers = frozenset({"apigw-requestid"})

    def open(self):
        command = ["cargo", "dev", "--", "--memory", "--port", "0", "--database-port", "0"]
        server = self.start(command, env={"ALLOWED_ORIGINS": LISTED_ORIGIN})
        server.wait_for_line("Ctrl-C ends it", PATIENCE)
        url = server.wait_for_line("Latchkey listens on ", 0)
        self.port = int(url.rsplit(":", 1)[1])


class Watch(HttpDoor):
    """`cargo lambda watch`."""

    def open(self):
        self.port = free_port()
        command = ["cargo", "lambda", "watch", "--ignore-changes", "--disable-cors"]
        command += ["--invoke-address", "127.0.0.1", "--invoke-port", str(self.port)]
        watch = self.start(command, env=self.settings())
        watch.wait_for_port(self.port, PATIENCE)


class EventDoor(Door):
    """Takes an event as JSON and gives the function's own answer."""

    def invoke(self, function, event):
        raise NotImplementedError

    def ask(self, call):
        told = self.invoke(call.function, json.dumps(call.event).encode())
        try:
            answer = json.loads(told)
            body = answer.get("body") or ""
            return Answer(
                answer["statusCode"],
                list(answer.get("headers", {}).items()),
                answer.get("cookies", []),
                base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode(),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return Answer("no answer", [], [], told)


class Emulator(EventDoor):
    """Each built `bootstrap` under the runtime interface emulator of SAM CLI."""

    def open(self):
        settings = self.settings()
        self._ports = {}
        for function in FUNCTIONS:
            self._ports[function], process = emulate(self, function, settings)

    def invoke(self, function, event):
        return ask_emulator(self._ports[function], event)


def emulate(door, function, settings):
    """Starts one function; gives its port and its process."""
    samcli = subprocess.run(
        [sam_python(), "-c", "import samcli; print(samcli.__path__[0])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()
    emulator = pathlib.Path(samcli, "local/rapid", f"aws-lambda-rie-{ARCHITECTURE}")
    port = free_port()
    process = door.start(
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


def ask_emulator(port, event):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", "/2015-03-31/functions/function/invocations", event)
        return connection.getresponse().read()


def sam_python():
    """The interpreter that `sam` itself names in its first line."""
    sam = subprocess.run(["which", "sam"], check=True, capture_output=True, text=True).stdout.strip()
    return pathlib.Path(sam).read_text(encoding="utf-8").splitlines()[0][2:]


class Sam(Door):
    """What `sam local` needs in all its forms: settings in a file, and a database that containers
    reach."""

    def sam(self, settings):
        """`(command to be completed, environment)`."""
        if not TEMPLATE.exists():
            raise SystemExit("nothing is built: run `sam build` first")
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


class Invoke(Sam, EventDoor):
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
        # It ends well even when the function did not: only the answer tells.
        return ended.stdout.strip() or ended.stderr


class Api(Sam, HttpDoor):
    """`sam local start-api`."""

    def open(self):
        options, environment = self.sam(self.settings())
        self.port = free_port()
        command = ["sam", "local", "start-api", "--host", "127.0.0.1", "--port", str(self.port)]
        api = self.start([*command, "--warm-containers", "LAZY", *options], env=environment)
        api.wait_for_port(self.port, 120)


DOORS = {"dev": Dev, "watch": Watch, "emulator": Emulator, "invoke": Invoke, "api": Api}
