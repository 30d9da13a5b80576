"""Runners that are commands of SAM CLI."""

import json
import os
import platform
import subprocess

from .call import ROOT
from .container_network import url_for_containers
from .functions import function_env
from .process import free_port
from .runner import EventRunner, HttpRunner, Runner

ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
TEMPLATE = ROOT / ".aws-sam/build/template.yaml"


class SamRunner(Runner):
    def sam_options(self):
        """`(options, environment)` for every `sam local` command."""
        if not TEMPLATE.exists():
            raise SystemExit(f"{TEMPLATE} is missing: run `sam build` first")
        self.env = function_env(self)
        variables = dict(self.env)
        for name in ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SESV2"):
            variables[name] = url_for_containers(self, variables[name])
        # SAM CLI sets these in the container from its own environment.
        environment = {
            "AWS_DEFAULT_REGION": variables.pop("AWS_REGION"),
            "AWS_ACCESS_KEY_ID": variables.pop("AWS_ACCESS_KEY_ID"),
            "AWS_SECRET_ACCESS_KEY": variables.pop("AWS_SECRET_ACCESS_KEY"),
            "SAM_CLI_TELEMETRY": "0",
        }
        file = self.temporary_folder() / "variables.json"
        file.write_text(json.dumps({"Parameters": variables}), encoding="utf-8")
        options = ["--template", str(TEMPLATE), "--env-vars", str(file)]
        options += ["--parameter-overrides", f"Architecture={ARCHITECTURE}"]
        if os.environ.get("SAM_SKIP_PULL"):
            options.append("--skip-pull-image")
        return options, environment


class Invoke(SamRunner, EventRunner):
    """`sam local invoke`: a new container for each call."""

    slow = True

    def open(self):
        self._options, self._environment = self.sam_options()
        self._event = self.temporary_folder() / "event.json"

    def invoke(self, function, event):
        self._event.write_bytes(event)
        logical_id = f"{function.capitalize()}Function"
        result = subprocess.run(
            ["sam", "local", "invoke", logical_id, "-e", str(self._event), *self._options],
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )
        # It exits with 0 even when the function fails.
        return result.stdout.strip() or result.stderr


class Api(SamRunner, HttpRunner):
    """`sam local start-api`."""

    def open(self):
        options, environment = self.sam_options()
        self.port = free_port()
        command = ["sam", "local", "start-api", "--host", "127.0.0.1", "--port", str(self.port)]
        api = self.start([*command, "--warm-containers", "LAZY", *options], env=environment)
        api.wait_for_port(self.port, 120)
