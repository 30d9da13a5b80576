"""One call, as an API Gateway event and as the HTTP request behind that event."""

import base64
import copy
import json
import pathlib
import re
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[3]

# The gateway or the HTTP client sets these.
UNSENT_HEADERS = {
    "content-length",
    "host",
    "x-amzn-trace-id",
    "x-forwarded-for",
    "x-forwarded-port",
    "x-forwarded-proto",
}


class Call:
    def __init__(self, event, target=None):
        self.event = event
        self._target = target

    @classmethod
    def from_file(cls, name, pasted):
        """The event in `events/`, with its `PASTE_…` placeholders replaced."""
        text = (ROOT / "events" / f"{name}.json").read_text(encoding="utf-8")
        for placeholder, value in pasted.items():
            text = text.replace(placeholder, value)
        return cls(json.loads(text))

    def with_changes(self, method=None, target=None, headers=None, cookies=None, body=None):
        """A copy with these parts replaced. A header of None is removed."""
        event = copy.deepcopy(self.event)
        http = event["requestContext"]["http"]
        http["method"] = method or http["method"]
        for name, value in (headers or {}).items():
            event["headers"].pop(name, None)
            if value is not None:
                event["headers"][name] = value
        if cookies is not None:
            event["cookies"] = cookies
        if body is not None:
            write_body(event, body)
        if target is not None:
            write_target(event, target)
        return Call(event, target or self._target)

    @property
    def method(self):
        return self.event["requestContext"]["http"]["method"]

    @property
    def target(self):
        """Path and query, encoded as a client sends them."""
        query = self.event["rawQueryString"]
        return self._target or self.event["rawPath"] + (f"?{query}" if query else "")

    @property
    def headers(self):
        sent = [(k, v) for k, v in self.event["headers"].items() if k not in UNSENT_HEADERS]
        cookies = self.event.get("cookies", [])
        return sent + ([("cookie", "; ".join(cookies))] if cookies else [])

    @property
    def body(self):
        body = self.event.get("body", "")
        return base64.b64decode(body) if self.event["isBase64Encoded"] else body.encode()

    @property
    def function(self):
        """The folder of the function that answers it."""
        return destination(self.event["rawPath"])[1]


def write_body(event, body):
    event["headers"]["content-length"] = str(len(body))
    try:
        event["body"], event["isBase64Encoded"] = body.decode(), False
    except UnicodeDecodeError:
        event["body"], event["isBase64Encoded"] = base64.b64encode(body).decode(), True


def write_target(event, target):
    path, _, query = target.partition("?")
    path = urllib.parse.unquote(path)
    key, _, parameters = destination(path)
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["routeKey"] = event["requestContext"]["routeKey"] = key
    event["rawQueryString"] = query
    joined = {}
    for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    for name, value in (("queryStringParameters", joined), ("pathParameters", parameters)):
        event.pop(name, None)
        if value:
            event[name] = value


def destination(path):
    """`(route key, function, path parameters)`, by the watch routes in Cargo.toml. A Rust test
    compares those with the routes of the template."""
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    table = manifest.split("[workspace.metadata.lambda.watch.router]")[1]
    for route, function in re.findall(r'^"(/[^"]*)" = "([^"]*)"$', table, re.MULTILINE):
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(route))
        found = re.fullmatch(pattern, path)
        if found:
            return f"ANY {route}", function, found.groupdict()
    return "$default", "me", {}
