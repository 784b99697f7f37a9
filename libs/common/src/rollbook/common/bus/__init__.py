"""The bus: what the broker holds, how messages get to it, and the one loop that consumes them."""
