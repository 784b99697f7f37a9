"""Outbox and inbox: a change and its events are one transaction, a second delivery changes nothing."""
