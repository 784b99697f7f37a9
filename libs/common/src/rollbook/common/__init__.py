"""What every Rollbook service shares: contracts, the bus, the dictionary, the reader."""
