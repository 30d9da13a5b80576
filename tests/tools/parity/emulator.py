"""Lambda's runtime interface emulator, which is part of SAM CLI."""

import contextlib
import http.client
import pathlib
import subprocess

from .call import ROOT
from .functions import FUNCTIONS, function_env
from .process import free_port
from .runner import EventRunner
from .sam import ARCHITECTURE


class Emulator(EventRunner):
    """Runs each built `bootstrap` under an emulator of its own."""

    def open(self):
        self.env = function_env(self)
        self._ports = {}
        for function in FUNCTIONS:
            self._ports[function], _ = start_emulator(self, function, self.env)

    def invoke(self, function, event):
        return invoke_emulator(self._ports[function], event)


def start_emulator(processes, function, env):
    """`(port, process)` of one function."""
    port = free_port()
    process = processes.start(
        [
            str(emulator_path()),
            "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
            "--runtime-api-address", f"127.0.0.1:{free_port()}",
            "./bootstrap",
        ],
        env=env,
        cwd=ROOT / "target/lambda" / function,
    )
    process.wait_for_port(port, 30)
    return port, process


def invoke_emulator(port, event):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("POST", "/2015-03-31/functions/function/invocations", event)
        return connection.getresponse().read()


def emulator_path():
    samcli = subprocess.run(
        [sam_python(), "-c", "import samcli; print(samcli.__path__[0])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()
    return pathlib.Path(samcli, "local/rapid", f"aws-lambda-rie-{ARCHITECTURE}")


def sam_python():
    """The Python that SAM CLI is installed for, from the first line of the script `sam`."""
    sam = subprocess.run(["which", "sam"], check=True, capture_output=True, text=True).stdout.strip()
    return pathlib.Path(sam).read_text(encoding="utf-8").splitlines()[0][2:]
