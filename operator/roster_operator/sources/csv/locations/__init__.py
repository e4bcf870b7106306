"""Where districts deliver CSV files: a mounted volume, a web server, an SFTP server."""
