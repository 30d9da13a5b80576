"""Differences that a tool causes, by (runner, call). `*` stands for every call.

docs/local-tools.md lists them for readers. A row without a difference is an error, too.
"""

from collections import namedtuple

# The tool answers with this status itself, or changes the request so that the function does.
ToolAnswers = namedtuple("ToolAnswers", "status")
# The function answers, but one part has this value.
PartDiffers = namedtuple("PartDiffers", "part value")

REQUEST_ID_REPEATS = PartDiffers("header x-request-id", "<request id of an earlier call>")

KNOWN_DIFFERENCES = {
    # cargo lambda watch has no `$default` route.
    ("watch", "an unknown path"): ToolAnswers(404),
    ("watch", "a path with a trailing slash"): ToolAnswers(404),
    # It matches the encoded path. The gateway decodes paths first.
    ("watch", "a path with an encoded letter"): ToolAnswers(404),
    # Both tools decode every body as UTF-8 text.
    ("watch", "a body that is not UTF-8"): ToolAnswers(500),
    ("api", "a body that is not UTF-8"): ToolAnswers(502),
    # SAM CLI keeps cookies in a map, so the last of two with one name replaces the first.
    ("api", "me with two session cookies"): ToolAnswers(200),
    # Its web server answers OPTIONS by itself.
    ("api", "a preflight request"): ToolAnswers(200),
    # It adds a content type to an answer without a body.
    ("api", "tasks-delete.json"): PartDiffers("header content-type", "application/json"),
    # start-api uses one request id for its whole run. An event derived from another keeps its id.
    ("api", "*"): REQUEST_ID_REPEATS,
    ("emulator", "*"): REQUEST_ID_REPEATS,
    ("invoke", "*"): REQUEST_ID_REPEATS,
}
