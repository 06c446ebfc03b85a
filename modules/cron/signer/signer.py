"""Calls the endpoint of a cron job, with proof that the call comes from the job's schedule.

Runs as an AWS Lambda function; nothing but the standard library and the SDK of the Lambda runtime is used. What is
called is settled by the function's environment variables, so that whoever invokes the function cannot choose it:

  METHOD, URL, ENDPOINT_PATH     what is called
  ANSWER_SECONDS, REPEATS        how long an answer may take, and how often a run that failed is repeated
  SIGNATURE                      go, typescript or none
  AUTH_SECRET_ARN, AUTH_KEY_ID   key that signs, unless SIGNATURE is none
  APP_ID, ENV_NAME               metadata of the infra config, with SIGNATURE typescript

A run that failed is repeated here and not by Lambda, which cannot tell an endpoint that failed from one that is still at work:
the latter is never called again. What failed for good is raised: that puts it among the dead letters.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import socket
import time
import urllib.parse
from email.utils import formatdate

# A task that is gone may still have an address for a moment: the next address is tried soon.
CONNECT_SECONDS = 5
# What stays of the function's time to report an endpoint that does not answer.
REPORT_SECONDS = 3
# Before the first repetition, and before the second.
PAUSES = (60, 120)
# A repetition that would have less than this is not begun.
LEAST_SECONDS = 5
# As much of a refusal as helps to understand it.
BODY_BYTES = 500

ENCORE_AUTH = "ENCORE1-HMAC-SHA3-256"


class Unanswered(Exception):
    """The request was sent and no answer came in time: the endpoint may still be at work."""


def handler(event, context):
    """Entry point. The event is {"execution": id}; without one, as in a test from the console, the request's id is taken."""
    environment = os.environ
    execution = event.get("execution") or context.aws_request_id
    repeats = int(environment["REPEATS"])
    for attempt in range(repeats + 1):
        try:
            return run(environment, execution, attempt + 1, left(context))
        except Unanswered:
            raise
        except Exception as problem:
            if attempt == repeats or left(context) - PAUSES[attempt] < LEAST_SECONDS:
                raise
            print(json.dumps({"execution": execution, "attempt": attempt + 1, "failure": f"{type(problem).__name__}: {problem}"}))
            time.sleep(PAUSES[attempt])


def left(context):
    """Seconds that remain for a call."""
    return context.get_remaining_time_in_millis() / 1000 - REPORT_SECONDS


def run(environment, execution, attempt, seconds):
    """One call, signed anew: a signature is good for minutes, and the key may have been changed since the last one."""
    key = b"" if environment["SIGNATURE"] == "none" else read_key(environment["AUTH_SECRET_ARN"])
    headers = {"User-Agent": "groundplan-cron", **run_headers(environment["SIGNATURE"], execution)}
    headers.update(signature(environment, key, execution, time.time()))
    started = time.monotonic()
    seconds = min(seconds, float(environment["ANSWER_SECONDS"]))
    status, body = call(environment["METHOD"], environment["URL"], environment["ENDPOINT_PATH"], headers, seconds)
    report = {"execution": execution, "attempt": attempt, "status": status, "seconds": round(time.monotonic() - started, 3)}
    print(json.dumps(report))
    if not 200 <= status <= 299:
        answer = body.decode("utf-8", "replace")
        raise RuntimeError(f"{environment['METHOD']} {environment['ENDPOINT_PATH']} answered {status}: {answer}")
    return report


def read_key(secret_arn):
    """The key, read anew by every run: a function stays warm for hours, and the key may have been changed."""
    # Only the Lambda runtime has it.
    import boto3
    from botocore.config import Config

    client = boto3.client("secretsmanager", config=Config(connect_timeout=3, read_timeout=5, retries={"max_attempts": 2}))
    return client.get_secret_value(SecretId=secret_arn)["SecretString"].encode()


def run_headers(kind, execution):
    """The headers that say which run it is: as Encore's runtimes know it, and for everything else by a name that is nobody's."""
    if kind == "none":
        return {"Idempotency-Key": execution}
    return {"X-Encore-Cron-Execution": execution, "X-Encore-Cron-Trigger": "scheduled"}


def signature(settings, key, execution, now):
    """The headers that prove where the call comes from. now is in seconds since 1970."""
    kind = settings["SIGNATURE"]
    if kind == "go":
        path = urllib.parse.unquote(settings["ENDPOINT_PATH"])
        return platform_headers(key, int(settings["AUTH_KEY_ID"]), path, now)
    if kind == "typescript":
        return service_headers(key, int(settings["AUTH_KEY_ID"]), settings["APP_ID"], settings["ENV_NAME"], execution, now)
    if kind == "none":
        return {}
    raise ValueError(f"SIGNATURE is {kind!r}, but must be go, typescript or none")


def platform_headers(key, key_id, path, now):
    """What Encore's Go runtime checks of requests of its platform. It compares the path as decoded."""
    date = formatdate(now, usegmt=True)
    mac = hmac.new(key, f"{date}\0{path}".encode(), hashlib.sha256).digest()
    token = base64.b64encode(key_id.to_bytes(4, "big") + mac).decode().rstrip("=")
    return {"Date": date, "X-Encore-Auth": token}


def service_headers(key, key_id, app_id, env_name, execution, now):
    """What Encore's TypeScript runtime checks of calls between services.

    It signs the names and values of its own headers, not path and body. The execution id is among the signed as
    the correlation id.
    """
    signed = {
        "x-correlation-id": execution,
        "x-encore-meta-caller": "encore:cron",
        "x-encore-meta-version": "1",
    }
    lines = "".join(f"{name}={signed[name]}\n" for name in sorted(signed))
    payload = hashlib.sha3_256(lines.encode()).digest()
    operation = hashlib.sha3_256(b"internal-api" + b"call" + b"\0" + len(payload).to_bytes(4, "little") + payload).hexdigest()

    moment = time.gmtime(now)
    day = time.strftime("%Y%m%d", moment)
    credential = f"{day}/{app_id}/{env_name}/{key_id}"
    digest = "\n".join([ENCORE_AUTH, time.strftime("%Y-%m-%dT%H:%M:%SZ", moment), credential, operation])
    signing_key = b"ENCORE1" + key
    for part in (day, app_id, env_name, "encore_request", digest):
        signing_key = hmac.new(signing_key, part.encode(), hashlib.sha3_256).digest()

    return signed | {
        "x-encore-meta-svc-auth-method": "encore-auth",
        "x-encore-meta-svc-auth": f'{ENCORE_AUTH} cred="{credential}", op={operation}, sig={signing_key.hex()}',
        "x-encore-meta-date": formatdate(now, usegmt=True),
    }


def call(method, url, path, headers, seconds):
    """Sends the request without a body and waits for the answer; returns its status and the beginning of its body.

    Redirects are not followed: the signature is for this address alone.
    """
    if seconds <= 0:
        raise TimeoutError("no time is left for the call: raise timeout_seconds")
    target = urllib.parse.urlsplit(url)
    connections = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    connection = connections[target.scheme](target.hostname, target.port, timeout=min(CONNECT_SECONDS, seconds))
    try:
        connection.connect()
        # The endpoint may work for minutes before it answers: what is on the way must not take the silence for an end.
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
        connection.sock.settimeout(seconds)
        connection.request(method, path, headers=headers)
        try:
            response = connection.getresponse()
            return response.status, response.read(BODY_BYTES)
        except TimeoutError as silence:
            raise Unanswered(
                f"{method} {path} gave no answer in {seconds:.0f} seconds and may still be at work: it is not called again"
            ) from silence
    finally:
        connection.close()
