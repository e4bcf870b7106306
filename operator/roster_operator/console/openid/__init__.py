"""Sign-in by an OpenID Connect provider, such as that of a school district or a company."""
