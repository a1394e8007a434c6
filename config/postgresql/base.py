"""Connections that the server has closed while they lay in the pool are not handed to anybody.

After a restart of PostgreSQL a pool is full of them, and each would cost somebody a page that says that the database
is away, although it is back. Asking the server each time (`CONN_HEALTH_CHECKS`) would cost every request a round
trip; whether something has arrived on a connection that nobody uses is known without asking.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        link = super().get_new_connection(conn_params)
        while self.pool and not is_quiet(link):
            link.close()
            self.pool.putconn(link)  # Which throws it away and makes another.
            link = super().get_new_connection(conn_params)
        return link


def is_quiet(link):
    """Whether nothing has arrived on a connection that asked for nothing: neither its end nor words before it."""
    if link.closed:
        return False
    ear = select.poll()
    ear.register(link.fileno(), select.POLLIN)
    return not ear.poll(0)
