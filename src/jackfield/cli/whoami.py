"""``jackfield whoami``."""

from __future__ import annotations

import argparse
import json
import os
from urllib.parse import quote

from jackfield.cli.client import ask
from jackfield.cli.folder import folder_of, ready_of


def run(options: argparse.Namespace) -> int:
    """Whom an access key stands for, and which policies apply to it."""
    ready = ready_of(folder_of(options.data))
    key = options.access_key or os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_ID") or ready.access_key_id
    who = ask(ready, f"whoami?access_key_id={quote(key, safe='')}")
    if options.json:
        print(json.dumps(who, indent=2))
        return 0
    print(f"{who['arn']}  ({who['identity_type']}, key {key}{'' if who['active'] else ', switched off'})")
    if who["identity_type"] == "Account":
        print("may do everything in its account")
    elif who["identity_type"] == "Project":
        print(f"may do everything in project {who['project_id']} of OceanBase Cloud, and nothing else")
    elif not who["policies"]:
        print("has no policies, and may do nothing")
    for one in who["policies"]:
        print(f"  {one['type'].lower()} policy {one['name']}  by the {one['via']}")
    return 0
