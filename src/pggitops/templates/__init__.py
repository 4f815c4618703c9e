"""The templates, one object a file, and `compiled`, made from them by `make generate`."""
