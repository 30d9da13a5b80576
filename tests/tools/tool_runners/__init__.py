"""Runs the functions under several tools, and sends each of them the same scenario of calls."""
