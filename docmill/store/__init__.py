"""Object stores: the protocol, S3, and the in-memory fake."""
