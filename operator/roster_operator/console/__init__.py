"""The answers of the service as pages of the web: for who has a browser and no kubectl."""
