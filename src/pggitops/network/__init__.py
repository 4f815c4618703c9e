"""Reachability: who reaches which port of which pods, and by which rule of which NetworkPolicy."""
