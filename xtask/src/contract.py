"""Logs schemathesis in to the demo, as the user in JINGWEI_LOGIN."""

import os

import requests
import schemathesis

BASE = os.environ["JINGWEI_URL"]


@schemathesis.auth()
class Session:
    def get(self, case, context):
        who = {"login": os.environ["JINGWEI_LOGIN"], "password": "jingwei-demo"}
        reply = requests.post(f"{BASE}/api/session", json=who, headers={"origin": BASE}, timeout=30)
        reply.raise_for_status()
        return "; ".join(f"{it.name}={it.value}" for it in reply.cookies)

    def set(self, case, data, context):
        case.headers["cookie"] = data
        case.headers["origin"] = BASE
