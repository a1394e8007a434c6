"""`python -m config.answering`: whether the web node of this container answers, for those who restart it if not.

Asks `/healthz`: a node whose database is away is not mended by a restart, and `/readyz` tells that to whoever watches.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit


def answers(port: int, host: str) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        link.request("GET", "/healthz", headers={"Host": host})
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


if __name__ == "__main__":
    sys.exit(not answers(int(os.environ.get("PORT", "8000")), urlsplit(os.environ["SITE_URL"]).netloc))
