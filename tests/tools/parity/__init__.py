"""Sends the same calls to the functions through every tool that runs them on one machine."""
