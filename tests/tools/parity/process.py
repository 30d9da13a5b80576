"""Child processes that are waited for by their output and always stopped."""

import os
import signal
import socket
import subprocess
import threading
import time


class Process:
    """Runs in a process group of its own, so that stopping it stops its children too."""

    def __init__(self, command, env=None, cwd=None):
        self.command = command
        self.lines = []
        self._ended = False
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            with self._changed:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for_line(self, text, timeout):
        """The first line that contains the text."""
        find = lambda: next((line for line in self.lines if text in line), None)
        with self._changed:
            self._changed.wait_for(lambda: find() is not None or self._ended, timeout)
            if find() is None:
                message = f"{self.command[0]} did not print {text!r}:\n" + self.log_tail()
                raise SystemExit(message)
            return find()

    def wait_for_port(self, port, timeout):
        deadline = time.monotonic() + timeout
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    message = f"{self.command[0]} does not listen on {port}:\n" + self.log_tail()
                    raise SystemExit(message) from None
            time.sleep(0.05)

    def log_tail(self):
        return "\n".join(self.lines[-40:])

    def stop(self):
        for kind, timeout in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            try:
                os.killpg(self._process.pid, kind)
            except ProcessLookupError:
                break
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                continue
        self._reader.join(5)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
