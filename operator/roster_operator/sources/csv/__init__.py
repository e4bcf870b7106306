"""OneRoster CSV 1.1 and 1.2: a ZIP or a folder, from a mounted volume, a web server or an SFTP server."""

from roster_operator.sources.csv.opening import open_csv
from roster_operator.sources.csv.settings import CsvSettings

__all__ = ["CsvSettings", "open_csv"]
