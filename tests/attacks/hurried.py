"""The real server with its own limits of time made short, so that an attack on them takes seconds.

What the limits are in service is held by ``test_the_limits_of_service_are_these``.
"""

import sys

from app import server
from app.access import middleware, patience

HEAD_S, BODY_S, RECHECKED_S = 3.0, 3.0, 1.0

if __name__ == "__main__":
    patience.HEAD_S, patience.BODY_S, middleware.RECHECKED_S = HEAD_S, BODY_S, RECHECKED_S
    sys.exit(server.main())
