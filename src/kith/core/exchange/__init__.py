"""Data that leaves and enters in files: import, export and the formats they speak."""
