"""Responses that differ because of the tool: by (runner, call).

docs/local-tools.md has the same list. compare-responses fails for an entry that no longer differs.
"""

from collections import namedtuple

# The tool responds itself, with this status. No part of the function's response is left.
FromTool = namedtuple("FromTool", "status")
# The function responds, but this one part has another value.
ChangedPart = namedtuple("ChangedPart", "part value")

REPEATED_REQUEST_ID = ChangedPart("header x-request-id", "<request id of an earlier call>")

KNOWN = {
    # It has no `$default` route.
    ("watch", "an unknown path"): FromTool(404),
    ("watch", "a path with a trailing slash"): FromTool(404),
    # It routes by the encoded path. The gateway decodes the path first.
    ("watch", "a path with an encoded letter"): FromTool(404),
    # Both fail to pass on a body that is not text.
    ("watch", "a body that is not UTF-8"): FromTool(500),
    ("api", "a body that is not UTF-8"): FromTool(502),
    # It keeps cookies in a map, so the last of two with one name wins.
    ("api", "me with two session cookies"): FromTool(200),
    # Its web server handles OPTIONS itself.
    ("api", "a CORS preflight"): FromTool(200),
    # It adds a content type to a response without a body.
    ("api", "tasks-delete.json"): ChangedPart("header content-type", "application/json"),
    # It has one request id for all calls.
    ("api", "*"): REPEATED_REQUEST_ID,
    # The request id is the event's, and several calls are made from one event.
    ("emulator", "*"): REPEATED_REQUEST_ID,
    ("invoke", "*"): REPEATED_REQUEST_ID,
}
