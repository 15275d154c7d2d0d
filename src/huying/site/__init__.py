"""Site: settings, root addresses, middleware, wsgi, command line."""
