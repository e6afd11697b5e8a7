"""The router: frame, sidebar, then the page that was asked for."""

from app.ui import shell

shell.configure()
page = shell.navigation()
shell.sidebar()
shell.run(page)
