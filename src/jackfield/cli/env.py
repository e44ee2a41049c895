"""``jackfield env``."""

from __future__ import annotations

import argparse
import json
import shlex
from urllib.parse import urlsplit

from jackfield.cli.folder import folder_of, ready_of
from jackfield.supervisor.ready import Ready

_PRODUCTS = ("R_KVSTORE", "VPC", "STS", "LOCATION")


def run(options: argparse.Namespace) -> int:
    """Prints what a shell evaluates, or a profile for ``~/.aliyun/config.json``."""
    ready = ready_of(folder_of(options.data))
    if options.format == "aliyun-cli":
        print(json.dumps(_profile(ready), indent=2))
    elif options.format == "json":
        print(json.dumps(_variables(ready), indent=2))
    else:
        for name, value in _variables(ready).items():
            print(f"export {name}={shlex.quote(value)}")
    return 0


def _variables(ready: Ready) -> dict[str, str]:
    """What official SDKs, the credentials library and Terraform read. Endpoints are HOST:PORT without a scheme."""
    host = urlsplit(ready.api).netloc
    variables = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": ready.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ready.access_key_secret,
        "ALIBABA_CLOUD_REGION_ID": ready.region,
        "ALICLOUD_ACCESS_KEY": ready.access_key_id,
        "ALICLOUD_SECRET_KEY": ready.access_key_secret,
        "ALICLOUD_REGION": ready.region,
        "JACKFIELD_API": ready.api,
        "JACKFIELD_ENDPOINT": host,
        "JACKFIELD_HOSTS_FILE": ready.hosts_file,
    }
    variables |= {f"ALIBABA_CLOUD_ENDPOINT_{product}": host for product in _PRODUCTS}
    variables |= {f"{product}_ENDPOINT": host for product in _PRODUCTS}
    return variables


def _profile(ready: Ready) -> dict[str, object]:
    """A profile named jackfield; use it with ``aliyun --profile jackfield --endpoint HOST:PORT --insecure``."""
    return {
        "current": "jackfield",
        "profiles": [
            {
                "name": "jackfield",
                "mode": "AK",
                "access_key_id": ready.access_key_id,
                "access_key_secret": ready.access_key_secret,
                "region_id": ready.region,
                "output_format": "json",
                "language": "en",
                "endpoint": urlsplit(ready.api).netloc,
            }
        ],
        "meta_path": "",
    }
