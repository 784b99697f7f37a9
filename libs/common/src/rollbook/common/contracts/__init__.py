"""The contracts between services: every event, its schema, and how it is wrapped for the bus."""
