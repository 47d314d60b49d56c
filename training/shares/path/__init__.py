"""Keijsers' path: alliance and social influence, resistance, active role, technique delivered, outcome. Association."""
