"""The report page: one HTML file that shows a result without a network, a server or an installation."""
