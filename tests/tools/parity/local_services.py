"""The database and the mailbox of `cargo dev -- database`, over HTTP."""

import json
import urllib.parse
import urllib.request


class Database:
    """Keys and attributes are in the JSON form of DynamoDB: `{"S": "text"}`."""

    def __init__(self, env):
        self._url = env["AWS_ENDPOINT_URL_DYNAMODB"]
        self._table = env["TABLE_NAME"]

    def items(self):
        """Every item of the table, by partition and sort key."""
        items = self._call("Scan", ConsistentRead=True)["Items"]
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}

    def put(self, item):
        self._call("PutItem", Item=item)

    def _call(self, operation, **fields):
        body = json.dumps({"TableName": self._table, **fields}).encode()
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"DynamoDB_20120810.{operation}",
            # It must be there, and is not verified.
            "authorization": "AWS4-HMAC-SHA256 Credential=k/20261120/r/dynamodb/aws4_request, "
            "SignedHeaders=host, Signature=0",
            "x-amz-date": "20261120T120000Z",
        }
        with urllib.request.urlopen(urllib.request.Request(self._url, body, headers)) as response:
            return json.load(response)


class Mailbox:
    def __init__(self, env):
        self._url = env["AWS_ENDPOINT_URL_SESV2"]

    def mails(self, to):
        """Those to one address. The newest is last."""
        query = urllib.parse.urlencode({"to": to})
        with urllib.request.urlopen(f"{self._url}/__mail.json?{query}") as response:
            return json.load(response)
