"""``up --digest SHA-256``: another algorithm, the same clients."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx

from tests.oceanbase.cloud import Cloud, project
from tests.running import Running


def test_sha_256(tmp_path: Path) -> None:
    """requests, httpx and curl follow the challenge; MD5 is then a downgrade."""
    with Running(tmp_path, "--engines", "none", "--digest", "SHA-256") as running:
        cloud: Cloud = project(running)
        challenge = httpx.get(cloud.url("/instances"), trust_env=False).headers["www-authenticate"]
        assert "algorithm=SHA-256" in challenge
        assert cloud.get("/instances")["total"] == 0
        auth = httpx.DigestAuth(cloud.key_id, cloud.secret)
        assert httpx.get(cloud.url("/instances"), auth=auth, trust_env=False).status_code == 200
        command = ["curl", "--silent", "--digest", "-u", f"{cloud.key_id}:{cloud.secret}", cloud.url("/instances")]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
        assert '"success":true' in answer
        cloud.close()
