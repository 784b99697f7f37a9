"""`rollbook ops`: what an operator looks at and sets going again, alike for both ways of running Rollbook.

All of it is in the databases of the services, but for the load of the queues.  So most of it works while
nothing else runs, and what it changes is taken up by the relays.
"""
