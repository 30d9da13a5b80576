"""Programs that run beside the script: started, waited for by what they say, and always stopped."""

import os
import signal
import socket
import subprocess
import threading
import time


class Process:
    """A program in a process group of its own, so that what it starts ends with it."""

    def __init__(self, command, env=None, cwd=None):
        self.command = command
        self.lines = []
        self._ended = False
        self._news = threading.Condition()
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
            with self._news:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def wait_for_line(self, words, seconds):
        """The first line with these words in it."""
        found = lambda: next((line for line in self.lines if words in line), None)
        with self._news:
            self._news.wait_for(lambda: found() is not None or self._ended, seconds)
            if found() is None:
                raise SystemExit(f"{self.command[0]} never said {words!r}:\n" + self.last_words())
            return found()

    def wait_for_port(self, port, seconds):
        deadline = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    why = f"{self.command[0]} does not listen on {port}:\n" + self.last_words()
                    raise SystemExit(why) from None
            time.sleep(0.05)

    def last_words(self):
        return "\n".join(self.lines[-40:])

    def stop(self):
        for kind, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            try:
                os.killpg(self._process.pid, kind)
            except ProcessLookupError:
                break
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        self._reader.join(5)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
