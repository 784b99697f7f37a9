"""Takes files in, keeps them, and tells where each upload stands."""
