"""The router: frame, sidebar, alerts, then the page that was asked for."""

from app.ui import shell

shell.configure()
page = shell.navigation()
shell.sidebar()
shell.alerts()
shell.run(page)
