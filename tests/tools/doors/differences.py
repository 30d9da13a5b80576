"""Differences that are the tool's and not the product's: (door, call) and what is there instead.

docs/local-tools.md tells the same to people. A row that no longer differs is an error, too.
"""

from collections import namedtuple

# The tool answers in the function's place, with this status and with nothing of the product's.
Instead = namedtuple("Instead", "status")
# The function answers, but for this part, which is as told here.
Only = namedtuple("Only", "part value")

NOT_ITS_OWN_ID = Only("header x-request-id", "<request id of an earlier call>")

KNOWN = {
    # It has no `$default` route.
    ("watch", "an unknown path"): Instead(404),
    ("watch", "a path with a slash at its end"): Instead(404),
    # It matches paths as they were sent, the gateway decodes them first.
    ("watch", "a path with an encoded letter"): Instead(404),
    # It hands bodies on as text and cannot with this one.
    ("watch", "a body that is not UTF-8"): Instead(500),
    ("api", "a body that is not UTF-8"): Instead(502),
    # It reads cookies into a table, where of two with one name the last stays.
    ("api", "me with two session cookies"): Instead(200),
    # Its web server answers OPTIONS by itself.
    ("api", "the question before a call"): Instead(200),
    # It gives a type to what has no body.
    ("api", "tasks-delete.json"): Only("header content-type", "application/json"),
    # One id for as long as it runs; and an event made of another one keeps that one's id.
    ("api", "*"): NOT_ITS_OWN_ID,
    ("emulator", "*"): NOT_ITS_OWN_ID,
    ("invoke", "*"): NOT_ITS_OWN_ID,
}
