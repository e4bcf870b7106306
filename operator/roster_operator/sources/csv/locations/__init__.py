"""The places where districts deliver CSV files: a mounted volume, a web server, an SFTP server."""
