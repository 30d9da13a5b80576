"""Runners that are cargo commands."""

from .functions import BUILD_TIMEOUT, SETTINGS, function_env
from .process import free_port
from .runner import HttpRunner


class Dev(HttpRunner):
    """`cargo dev`."""

    cookie = "session"
    extra_headers = frozenset({"apigw-requestid"})

    def open(self):
        command = ["cargo", "dev", "--", "--memory", "--port", "0", "--database-port", "0"]
        server = self.start(command, env=SETTINGS)
        server.wait_for_line("Ctrl-C ends it", BUILD_TIMEOUT)
        line = server.wait_for_line("Latchkey listens on ", 0)
        self.port = int(line.rsplit(":", 1)[1])


class Watch(HttpRunner):
    """`cargo lambda watch`."""

    def open(self):
        self.port = free_port()
        command = ["cargo", "lambda", "watch", "--ignore-changes", "--disable-cors"]
        command += ["--invoke-address", "127.0.0.1", "--invoke-port", str(self.port)]
        watch = self.start(command, env=function_env(self))
        watch.wait_for_port(self.port, BUILD_TIMEOUT)
