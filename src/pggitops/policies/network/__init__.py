"""What the NetworkPolicies cut, and what they leave open."""
