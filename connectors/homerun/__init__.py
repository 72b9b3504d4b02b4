"""Homerun."""
