"""The server of `docmill.services.EmbeddedStore`: ministack, but that it ends without those that wait for messages.

At its end it gives what is under way three seconds, and a listener waits for messages for twenty.
"""

from hypercorn.config import Config
from ministack.app import main

GRACE_SECONDS = 0.5  # for what is under way when it is told to end

if __name__ == "__main__":
    Config.graceful_timeout = GRACE_SECONDS
    main()
