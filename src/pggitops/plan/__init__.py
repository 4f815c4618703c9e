"""What a change does to the running databases: two sides, their differences, the effects of those, a summary.

`sides` gets the manifests of both sides, `changes` compares them in the resources' own terms, `effects` looks every
change up in one table, `summary` says per cluster what follows. Nothing here knows a cluster that runs: what cannot be
known from manifests is said.
"""
