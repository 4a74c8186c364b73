"""How vectors are played through the package's public API."""
