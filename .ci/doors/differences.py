"""Differences that are the tool's and not the product's: (door, call, part) and the reason.

docs/tools.md tells the same to people. A row that no longer differs is an error, too.
"""

KNOWN = {
}
