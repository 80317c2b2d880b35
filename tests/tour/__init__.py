"""Pictures of Kith for docs/tour.md, taken from a running demo."""
