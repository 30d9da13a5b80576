"""One call, as an API Gateway event and as the HTTP request behind it."""

import base64
import copy
import json
import pathlib
import re
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Set by the gateway or by the HTTP client.
NOT_SENT = {
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
    def from_file(cls, name, values):
        """An event of `events/`, with `values` in place of its placeholders."""
        text = (ROOT / "events" / f"{name}.json").read_text(encoding="utf-8")
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        return cls(json.loads(text))

    def changed(self, method=None, target=None, headers=None, cookies=None, body=None):
        """A copy with these changes. A header of None is removed."""
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
            set_body(event, body)
        if target is not None:
            set_target(event, target)
        return Call(event, target or self._target)

    @property
    def method(self):
        return self.event["requestContext"]["http"]["method"]

    @property
    def target(self):
        """Path and query, encoded as the client sends them."""
        query = self.event["rawQueryString"]
        return self._target or self.event["rawPath"] + (f"?{query}" if query else "")

    @property
    def headers(self):
        sent = [(k, v) for k, v in self.event["headers"].items() if k not in NOT_SENT]
        cookies = self.event.get("cookies", [])
        return sent + ([("cookie", "; ".join(cookies))] if cookies else [])

    @property
    def body(self):
        body = self.event.get("body", "")
        return base64.b64decode(body) if self.event["isBase64Encoded"] else body.encode()

    @property
    def function(self):
        """The name of the function that the path is routed to."""
        return route(self.event["rawPath"])[1]


def set_body(event, body):
    event["headers"]["content-length"] = str(len(body))
    try:
        event["body"], event["isBase64Encoded"] = body.decode(), False
    except UnicodeDecodeError:
        event["body"], event["isBase64Encoded"] = base64.b64encode(body).decode(), True


def set_target(event, target):
    path, _, query = target.partition("?")
    path = urllib.parse.unquote(path)
    key, _, path_parameters = route(path)
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["routeKey"] = event["requestContext"]["routeKey"] = key
    event["rawQueryString"] = query
    # The gateway joins repeated parameters by commas.
    query_parameters = {}
    for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
        earlier = query_parameters.get(name)
        query_parameters[name] = value if earlier is None else f"{earlier},{value}"
    set_or_remove(event, "queryStringParameters", query_parameters)
    set_or_remove(event, "pathParameters", path_parameters)


def set_or_remove(event, key, parameters):
    event.pop(key, None)
    if parameters:
        event[key] = parameters


def route(path):
    """`(route key, function, path parameters)` by the routes in Cargo.toml. A test of the workspace
    compares those with the template's."""
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    table = manifest.split("[workspace.metadata.lambda.watch.router]")[1]
    for template, function in re.findall(r'^"(/[^"]*)" = "([^"]*)"$', table, re.MULTILINE):
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
        match = re.fullmatch(pattern, path)
        if match:
            return f"ANY {template}", function, match.groupdict()
    return "$default", "me", {}
