"""Serving: an immutable snapshot, and the killable processes that answer queries over it."""
