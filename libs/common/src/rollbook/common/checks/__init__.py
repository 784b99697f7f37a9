"""The checks of one record: its cells by the dictionary, vectorised over a frame of records."""
