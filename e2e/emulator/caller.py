"""Calls AWS as a program would: through botocore, signed, one call per line.

Reads {"service", "operation", "parameters", "key", "secret", "token"} on standard input and answers each with one line:
{"result"} when AWS did it, else {"code", "status", "message"}; bytes are {"$bytes": base64} both ways. A call is made once: a repeated one would receive a
message twice. The endpoint and the region come from the environment, as for any program.

usage: caller.py < calls > answers
"""

import base64
import json
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=40)


def told(value):
    """What JSON does not know: bodies are read, times are told as a text."""
    if hasattr(value, "read"):
        value = value.read()
    return {"$bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else str(value)


def understood(value):
    return base64.b64decode(value["$bytes"]) if set(value) == {"$bytes"} else value


def answered(session, clients, call):
    identity = (call["service"], call["key"])
    if identity not in clients:
        clients[identity] = session.create_client(
            call["service"],
            aws_access_key_id=call["key"],
            aws_secret_access_key=call["secret"],
            aws_session_token=call["token"] or None,
            config=CONFIG,
        )
    try:
        return {"result": clients[identity]._make_api_call(call["operation"], call["parameters"])}
    except ClientError as error:
        said = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"code": said.get("Code", ""), "status": status, "message": said.get("Message", "")}


def main():
    session, clients = botocore.session.get_session(), {}
    for line in sys.stdin:
        print(json.dumps(answered(session, clients, json.loads(line, object_hook=understood)), default=told), flush=True)


main()
