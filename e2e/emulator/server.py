"""An AWS account on 127.0.0.1 for tests: moto, behind a gate that fails fast.

Prints "ready PORT" on standard output once it listens, then serves until standard input closes, so that it can never
outlive the test that started it. Whatever moto does not implement is answered with 501 and a name: the AWS SDKs repeat
500, 502, 503 and 504 for minutes, but give up at once on 501, and terraform then shows the name.

usage: server.py [SNAPSHOT] < pipe
"""

import contextlib
import io
import json
import os
import re
import sys
import threading
import traceback
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

import authorization
import documents
import echoes
import echoes_storage
import hooks
import repairs
import repairs_storage
import snapshot

# The services whose errors are XML whatever the request looks like; Query requests are recognised by their Action.
XML_SERVICES = {"s3", "cloudfront", "route53"}


def requested(environ, body):
    """The service and the action of a request, as well as its headers and body tell."""
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4", environ.get("HTTP_AUTHORIZATION", ""))
    service = scope.group(1) if scope else "unsigned"
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return service, target.rsplit(".", 1)[-1], False
    query = re.search(rb"(?:^|&)Action=(\w+)", body)
    if query:
        return service, query.group(1).decode(), True
    return service, f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}", service in XML_SERVICES


def refusal(code, message, service, xml):
    """The body and the content type of an error, in the shape the caller's protocol expects."""
    if not xml:
        return json.dumps({"__type": code, "message": message}).encode(), "application/json"
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    if service == "ec2":
        return f"<Response><Errors>{error}</Errors><RequestID>0</RequestID></Response>".encode(), "text/xml"
    if service == "s3":
        return f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>".encode(), "text/xml"
    return f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>".encode(), "text/xml"


# The requests that wait for something, for which no other may wait: a message, and what a function answers.
WAITING = re.compile(r"sqs ReceiveMessage|lambda POST .*/invocations")


class Gate:
    """
    The WSGI application: moto, except that an exception becomes a 501 that says what is missing, and that it answers one request at a
    time. Its models are plain dictionaries without locks: who reads all security groups while another thread makes one crashes.
    """

    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.alone = threading.Lock()

    def __call__(self, environ, start_response):
        body = b""
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() != "chunked":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
        if environ["PATH_INFO"].startswith("/emulator/"):
            with self.alone:
                status, text = hooks.answer(environ["PATH_INFO"].rsplit("/", 1)[-1], body)
            start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(text.encode())))])
            return [text.encode()]
        service, action, xml = requested(environ, body)
        waits = WAITING.fullmatch(f"{service} {action}") or environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
        try:
            with contextlib.nullcontext() if waits else self.alone:
                # Joined here, inside the try: moto may raise while the answer is being read.
                return [b"".join(self.moto(environ, start_response))]
        except NotImplementedError as error:
            code, reason = "NotImplementedByEmulator", str(error)
        except Exception as error:
            traceback.print_exc()
            code, reason = "EmulatorCrashed", f"{type(error).__name__}: {error}"
        message = f"the emulator has no {service} {action}: {reason}"
        print(message, file=sys.stderr, flush=True)
        content, content_type = refusal(code, message, service, xml)
        start_response(
            "501 Not Implemented",
            [
                ("Content-Type", content_type),
                ("Content-Length", str(len(content))),
                ("x-amzn-ErrorType", code),
            ],
        )
        return [content]


class Quiet(WSGIRequestHandler):
    def log_request(self, *args, **kwargs):
        """Thousands of lines of requests that went well help nobody."""


def main():
    for changes in (repairs, repairs_storage, documents, authorization, echoes, echoes_storage):
        changes.apply()
    if len(sys.argv) > 1:
        snapshot.restore(sys.argv[1])
    server = make_server("127.0.0.1", 0, Gate(), threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
